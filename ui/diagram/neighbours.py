"""Which element an arrow key leads to: the nearest one in that direction, with straight ahead preferred."""

from ui.diagram.sheet import Sheet

_ASIDE_WEIGHT = 2.5


def next_towards(sheet: Sheet, current: str, direction: tuple[int, int]) -> str:
    """The neighbour in a direction; itself when there is none, the first of the sheet when none is current."""
    places = {element: (x, y) for element, x, y in sheet.places()}
    if current not in places:
        return min(places, key=lambda e: (places[e][1], places[e][0]), default="")
    x0, y0 = places[current]
    best, best_cost = current, float("inf")
    for element, (x, y) in places.items():
        ahead = (x - x0) * direction[0] + (y - y0) * direction[1]
        aside = abs((x - x0) * direction[1]) + abs((y - y0) * direction[0])
        cost = ahead + _ASIDE_WEIGHT * aside
        if ahead > 1.0 and cost < best_cost:
            best, best_cost = element, cost
    return best
