"""Whose answer proves that this console can hear, and so lets a silent smart switch be called dark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend_core.outages.model import Address, Check, ProbeError, SmartSwitch, Verdict
from backend_core.outages.rules.address import is_local_host, parse_address
from backend_core.outages.rules.verdict import without_observer


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who was heard in a round: anyone on this very computer, anyone beyond it."""

    near: bool = False
    far: bool = False

    def vouches_for(self, switch: SmartSwitch) -> bool:
        """A voice from beyond vouches for all; one from this computer only for smart switches on it."""
        return self.far or (self.near and is_near(switch))


def is_near(switch: SmartSwitch) -> bool:
    """Whether the smart switch stands on this very computer, as those of the demo do."""
    address = parse_address(switch.address)
    return isinstance(address, Address) and is_local_host(address.host)


def hearing_of(checks: Iterable[Check], switches: Mapping[str, SmartSwitch]) -> Hearing:
    """What the smart switches that answered prove about the network."""
    answered = [switches[c.name] for c in checks if c.verdict is Verdict.ONLINE and c.name in switches]
    near = [is_near(switch) for switch in answered]
    return Hearing(near=any(near), far=not all(near))


def gated(checks: Iterable[Check], switches: Mapping[str, SmartSwitch], hearing: Hearing) -> tuple[Check, ...]:
    """The checks with every silence that nobody vouches for turned into not knowing."""
    return tuple(
        check
        if check.verdict is not Verdict.OFFLINE or hearing.vouches_for(switches[check.name])
        else without_observer(check)
        for check in checks
    )


def observer_is_well(checks: Iterable[Check]) -> bool:
    """Whether no check of the round was lost to this console's own network."""
    return all(check.error is not ProbeError.OBSERVER_BAD for check in checks)
