"""Where the sun stands over a site, and what reaches the ground from it under a clear sky."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
SOLAR_CONSTANT_W_M2 = 1366.1
SEA_LEVEL_HPA = 1013.25


@dataclass(frozen=True, slots=True)
class Site:
    latitude_deg: float
    longitude_deg: float
    altitude_m: float


@dataclass(frozen=True, slots=True)
class SunPosition:
    """As seen, so with the refraction of the air; azimuth from north over east."""

    zenith_deg: float
    azimuth_deg: float
    distance_au: float


@dataclass(frozen=True, slots=True)
class Irradiance:
    """On the horizontal, from the beam, and from the sky, in W/m2."""

    ghi: float
    dni: float
    dhi: float


def pressure_hpa(altitude_m: float) -> float:
    """Pressure of the standard atmosphere."""
    return float(SEA_LEVEL_HPA * (1.0 - 2.25577e-5 * altitude_m) ** 5.25588)


def position(
    site: Site, when: datetime, air_pressure_hpa: float = 1010.0, air_temperature_c: float = 10.0
) -> SunPosition:
    """By the low-precision series of the Astronomical Almanac: better than 0.02 degrees from 1950 to 2050."""
    days = (when - _J2000).total_seconds() / 86400.0
    anomaly = math.radians((357.528 + 0.9856003 * days) % 360.0)
    longitude = (280.460 + 0.9856474 * days) % 360.0
    ecliptic = math.radians(longitude + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2.0 * anomaly))
    obliquity = math.radians(23.439 - 4e-7 * days)
    declination = math.asin(math.sin(obliquity) * math.sin(ecliptic))
    right_ascension = math.atan2(math.cos(obliquity) * math.sin(ecliptic), math.cos(ecliptic))
    sidereal = math.radians((280.46061837 + 360.98564736629 * days + site.longitude_deg) % 360.0)
    elevation, azimuth_deg = _from_the_ground(math.radians(site.latitude_deg), declination, sidereal - right_ascension)
    distance_au = 1.00014 - 0.01671 * math.cos(anomaly) - 0.00014 * math.cos(2.0 * anomaly)
    # The sun is seen from the ground, not from the centre of the earth: 8.8 arc seconds at the horizon.
    seen_deg = math.degrees(elevation) - 0.00244 * math.cos(elevation)
    seen_deg += _refraction_deg(seen_deg, air_pressure_hpa, air_temperature_c)
    return SunPosition(90.0 - seen_deg, azimuth_deg, distance_au)


def _from_the_ground(latitude: float, declination: float, hour_angle: float) -> tuple[float, float]:
    """Elevation in radians and azimuth in degrees."""
    sine = math.sin(latitude) * math.sin(declination)
    sine += math.cos(latitude) * math.cos(declination) * math.cos(hour_angle)
    west = math.sin(hour_angle)
    south = math.cos(hour_angle) * math.sin(latitude) - math.tan(declination) * math.cos(latitude)
    return math.asin(max(-1.0, min(1.0, sine))), (math.degrees(math.atan2(west, south)) + 180.0) % 360.0


def _refraction_deg(elevation_deg: float, air_pressure_hpa: float, air_temperature_c: float) -> float:
    if elevation_deg < -0.83:
        return 0.0
    bent = 1.02 / (60.0 * math.tan(math.radians(elevation_deg + 10.3 / (elevation_deg + 5.11))))
    return air_pressure_hpa / 1010.0 * 283.0 / (273.0 + air_temperature_c) * bent


def air_mass(zenith_deg: float) -> float:
    """Kasten and Young 1989, at sea level; none when the sun is down."""
    if zenith_deg >= 90.0:
        return 0.0
    return float(1.0 / (math.cos(math.radians(zenith_deg)) + 0.50572 * (96.07995 - zenith_deg) ** -1.6364))


def outside_w_m2(sun: SunPosition) -> float:
    """Normal irradiance above the air."""
    return SOLAR_CONSTANT_W_M2 / sun.distance_au**2


def clear_sky(site: Site, sun: SunPosition, turbidity: float = 3.0) -> Irradiance:
    """Ineichen and Perez 2002; `turbidity` after Linke: 2 in the mountains, 3 in the country, 5 in a hazy city."""
    cosine = math.cos(math.radians(sun.zenith_deg))
    if sun.zenith_deg >= 90.0 or cosine <= 0.0:
        return Irradiance(0.0, 0.0, 0.0)
    mass = air_mass(sun.zenith_deg) * pressure_hpa(site.altitude_m) / SEA_LEVEL_HPA
    thin, thinner = math.exp(-site.altitude_m / 8000.0), math.exp(-site.altitude_m / 1250.0)
    outside = outside_w_m2(sun)
    dimming = (3.92e-5 * site.altitude_m + 0.0387) * mass * (thin + thinner * (turbidity - 1.0))
    ghi = (5.09e-5 * site.altitude_m + 0.868) * outside * cosine * math.exp(-dimming)
    beam = (0.664 + 0.163 / thin) * outside * math.exp(-0.09 * mass * (turbidity - 1.0))
    most = ghi * (1.0 - (0.1 - 0.2 * math.exp(-turbidity)) / (0.1 + 0.882 / thin)) / cosine
    dni = max(0.0, min(beam, most))
    return Irradiance(ghi, dni, ghi - dni * cosine)


def behind_clouds(sun: SunPosition, ghi: float) -> Irradiance:
    """What the beam keeps of a clouded total, after Erbs 1982: the clearer the sky, the smaller the diffuse share."""
    cosine = math.cos(math.radians(sun.zenith_deg))
    if cosine < 0.0175 or ghi <= 0.0:
        return Irradiance(max(ghi, 0.0), 0.0, max(ghi, 0.0))
    clearness = min(ghi / (outside_w_m2(sun) * cosine), 1.0)
    dhi = ghi * diffuse_share(clearness)
    return Irradiance(ghi, (ghi - dhi) / cosine, dhi)


def diffuse_share(clearness: float) -> float:
    if clearness <= 0.22:
        return 1.0 - 0.09 * clearness
    if clearness > 0.8:
        return 0.165
    k = clearness
    return 0.9511 - 0.1604 * k + 4.388 * k**2 - 16.638 * k**3 + 12.336 * k**4


def incidence_cosine(sun: SunPosition, tilt_deg: float, azimuth_deg: float) -> float:
    """Cosine of the angle between the sun and the normal of a tilted plane."""
    zenith, tilt = math.radians(sun.zenith_deg), math.radians(tilt_deg)
    turned = math.cos(math.radians(sun.azimuth_deg - azimuth_deg))
    return math.cos(zenith) * math.cos(tilt) + math.sin(zenith) * math.sin(tilt) * turned
