"""What the event log says of smart switches and outages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from backend_core.outages.model import (
    Check,
    Cycle,
    Edit,
    EditedMeanwhile,
    Note,
    Outage,
    ProbeError,
    SmartSwitch,
    Verdict,
)

REASONS = {
    ProbeError.REFUSED: "it refused the connection",
    ProbeError.TIMEOUT: "it did not answer in time",
    ProbeError.DNS: "its name was not found",
    ProbeError.TLS: "it broke off the TLS handshake",
    ProbeError.HTTP: "it did not speak HTTP",
    ProbeError.OBSERVER_BAD: "this computer's own network was in doubt",
}


def of_turns(turned: Iterable[Check]) -> tuple[Note, ...]:
    """Who went dark and who is back."""
    return tuple(_of_turn(check) for check in turned)


def _of_turn(check: Check) -> Note:
    if check.verdict is Verdict.ONLINE:
        return Note("smart_switch_online", check.name, f"{check.name} answers again.", check.checked_at)
    reason = f": {REASONS[check.error]}" if check.error else ""
    return Note("smart_switch_offline", check.name, f"{check.name} is dark{reason}.", check.checked_at)


def of_flapping(check: Check) -> Note:
    """Who changes too often to be believed."""
    text = f"{check.name} keeps coming and going; it counts for nothing until it is steady."
    return Note("smart_switch_flapping", check.name, text, check.checked_at)


def of_observer(ok: bool, at: datetime) -> Note:
    """Whether this console hears its network."""
    if ok:
        return Note("observer_well", "", "The network of this computer answers again; smart switches are judged.", at)
    text = "Nothing else on the network answers this computer either; no smart switch is called dark meanwhile."
    return Note("observer_bad", "", text, at)


def of_outage(outage: Outage) -> Note:
    """How an outage opened or ended."""
    if outage.ended_at is None:
        text = f"Outage: {outage.offline} of {outage.known} smart switches are dark: {_listed(outage.names)}."
        return Note("outage_opened", "outage", text, outage.started_at)
    seconds = int((outage.ended_at - outage.started_at).total_seconds())
    lasted = f"{seconds // 60} min {seconds % 60:02d} s"
    text = f"The outage ended after {lasted}; it took {len(outage.affected)} smart switches."
    return Note("outage_ended", f"outage {outage.id}", text, outage.ended_at)


def of_cycle(cycle: Cycle, interval_s: float, at: datetime) -> Note:
    """That a round does not fit between two, or fits again."""
    if cycle.fits:
        return Note("probe_round_fits", "", f"A round of probes fits into {interval_s:.0f} s again.", at)
    text = f"{cycle.probed:,} smart switches may take longer than {interval_s:.0f} s a round; lengthen the interval."
    return Note("probe_round_long", "", text, at)


def of_edit(edit: Edit, before: Iterable[SmartSwitch]) -> tuple[Note, ...]:
    """What an operator changed in the list."""
    known = {s.name: s for s in before}
    kept = [_of_kept(s, known.get(s.name), edit.at) for s in edit.kept]
    gone = [Note("smart_switch_removed", n, f"{n} is no longer probed.", edit.at) for n in edit.removed if n in known]
    return (*kept, *gone)


def changed_meanwhile(elsewhere: EditedMeanwhile) -> str:
    """Why an edit was not applied, with what stands there now."""
    if elsewhere.now is None:
        return f"'{elsewhere.name}' was removed while you were editing; nothing was written."
    who = f" by {elsewhere.by}" if elsewhere.by else ""
    at = f" at {elsewhere.at:%H:%M:%S} UTC" if elsewhere.at else ""
    state = "is probed" if elsewhere.now.active else "is not probed"
    return (
        f"'{elsewhere.name}' was changed{who}{at} while you were editing: it {state} at {elsewhere.now.address}. "
        "Nothing was overwritten; open it again to change it."
    )


def _of_kept(now: SmartSwitch, before: SmartSwitch | None, at: datetime) -> Note:
    if before is None:
        state = "is probed" if now.active else "is listed, but not probed,"
        return Note("smart_switch_added", now.name, f"{now.name} {state} at {now.address}.", at)
    if before.active != now.active:
        text = f"{now.name} is probed again." if now.active else f"{now.name} is no longer probed, but stays listed."
        return Note("smart_switch_edited", now.name, text, at)
    text = f"{now.name} moved from {before.address} to {now.address}."
    return Note("smart_switch_edited", now.name, text, at)


def _listed(names: tuple[str, ...], at_most: int = 20) -> str:
    rest = len(names) - at_most
    return ", ".join(names[:at_most]) + (f" and {rest} more" if rest > 0 else "")
