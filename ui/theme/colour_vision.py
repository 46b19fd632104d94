"""How far two colours are apart: contrast for reading, difference for telling apart, with simulated colour visions."""

from math import sqrt

Rgb = tuple[float, float, float]

# Viénot, Brettel and Mollon (1999) for the two red-green visions, Brettel (1997) in its one-plane form for the
# blue-yellow one; all three act on linear light.
VISIONS: dict[str, tuple[Rgb, Rgb, Rgb]] = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
    "tritanopia": ((1.01277, 0.13548, -0.14826), (-0.01243, 0.86812, 0.14431), (0.07589, 0.80500, 0.11911)),
}


def _channels(colour: str) -> Rgb:
    return (int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255)


def _linear(colour: str) -> Rgb:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour))
    return (red, green, blue)


def _seen(light: Rgb, vision: str) -> Rgb:
    red, green, blue = (
        min(1.0, max(0.0, sum(weight * part for weight, part in zip(row, light, strict=True))))
        for row in VISIONS[vision]
    )
    return (red, green, blue)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2, from 1 (the same) to 21 (black on white)."""
    lights = [sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), _linear(x), strict=True)) for x in (one, other)]
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def _lab(light: Rgb) -> Rgb:
    red, green, blue = light
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return (116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))


def difference(one: str, other: str, vision: str = "normal") -> float:
    """ΔE 1976 between two colours as someone with this vision sees them."""
    first, second = (_lab(_seen(_linear(colour), vision)) for colour in (one, other))
    return sqrt(sum((a - b) ** 2 for a, b in zip(first, second, strict=True)))
