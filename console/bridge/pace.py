"""How often frames are handed out: stretched when handing out takes long, shrunk back when it does not."""

from dataclasses import dataclass

STEPS_MS = (33, 66, 100, 200)
TOO_LONG_MS = 25.0
CALM_FRAMES = 30
ASLEEP_MS = 500


@dataclass(slots=True)
class Pace:
    """Told how long each hand-out took; says the interval to the next."""

    step: int = 0
    calm: int = 0

    @property
    def interval_ms(self) -> int:
        return STEPS_MS[self.step]

    def handed_out(self, took_ms: float) -> int:
        """Stretch at once, shrink only after a second of calm: a swinging interval is worse than a long one."""
        if took_ms > TOO_LONG_MS:
            self.calm = 0
            self.step = min(self.step + 1, len(STEPS_MS) - 1)
        else:
            self.calm += 1
            if self.calm >= CALM_FRAMES and self.step > 0:
                self.step -= 1
                self.calm = 0
        return self.interval_ms
