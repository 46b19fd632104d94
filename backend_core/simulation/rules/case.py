"""A start and its changes become cases for the solver."""

from __future__ import annotations

from backend_core.grid.model import ElementId, Network
from backend_core.powerflow.model import Injection, OperatingPoint, PowerFlowCase
from backend_core.powerflow.rules.case import case_of
from backend_core.simulation.model import StudyRequest, StudyStart


def case_before(network: Network, start: StudyStart) -> PowerFlowCase:
    """The start as it is."""
    return case_of(network, OperatingPoint(start.positions, start.loads, start.generation))


def case_after(network: Network, request: StudyRequest) -> PowerFlowCase:
    """The start with its changes; the machines keep their set-points and the slack takes the difference."""
    start = request.start
    point = OperatingPoint(
        positions={**start.positions, **request.positions},
        loads=scaled_loads(request),
        generation=start.generation,
        tripped=request.tripped,
    )
    return case_of(network, point)


def scaled_loads(request: StudyRequest) -> dict[ElementId, Injection]:
    """What every load asks for in the study."""
    found = {}
    for load, asked in request.start.loads.items():
        share = request.load_scale * request.load_scales.get(load, 1.0)
        found[load] = Injection(asked.active_mw * share, asked.reactive_mvar * share)
    return found
