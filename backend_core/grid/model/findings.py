"""What was found when a network was read: its mistakes in sentences, and the network when there is no error."""

from dataclasses import dataclass
from enum import StrEnum

from backend_core.grid.model.network import Network


class Severity(StrEnum):
    """An error keeps a network from being used; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a network: which object, what, and what to do, in a sentence."""

    severity: Severity
    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """What came of reading a network: the network when there is no error in it, and everything found."""

    network: Network | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)
