"""Asks around whether this console can hear at all, before any silence is believed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from backend_core.kernel.errors import CoreError
from backend_core.outages.model import Check, SmartSwitch
from backend_core.outages.ports import Witness
from backend_core.outages.rules.witness import Hearing, gated, hearing_of, observer_is_well

WITNESS_TIMEOUT_S = 3.0


class ObserverGate:
    """Stands between what the probes saw and what may be concluded from it."""

    def __init__(self, witnesses: Sequence[Witness]) -> None:
        self._witnesses = witnesses

    async def pass_on(self, checks: tuple[Check, ...], probed: Sequence[SmartSwitch]) -> tuple[Check, ...]:
        """The checks, with every silence that nobody vouches for turned into not knowing.

        The witnesses are asked only when the smart switches that answered do not prove it already.
        """
        by_name = {switch.name: switch for switch in probed}
        hearing = hearing_of(checks, by_name)
        if not observer_is_well(gated(checks, by_name, hearing)):
            hearing = await self._ask_around(hearing)
        return gated(checks, by_name, hearing)

    async def _ask_around(self, hearing: Hearing) -> Hearing:
        heard = await asyncio.gather(*(_hears(witness) for witness in self._witnesses))
        voices = [witness for ok, witness in zip(heard, self._witnesses, strict=True) if ok]
        near = any(witness.is_local for witness in voices)
        far = any(not witness.is_local for witness in voices)
        return Hearing(near=hearing.near or near, far=hearing.far or far)


async def _hears(witness: Witness) -> bool:
    try:
        async with asyncio.timeout(WITNESS_TIMEOUT_S):
            return await witness.answers()
    except (OSError, TimeoutError, CoreError):
        return False
