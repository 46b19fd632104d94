"""The words a widget may say about itself (`tone="critical"`), and the token that each one wears."""

TONES = {
    "normal": "t0",
    "secondary": "t1",
    "tertiary": "t2",
    "critical": "crit",
    "high": "high",
    "medium": "med",
    "low": "low",
    "selected": "sel",
    "manual": "man",
    "estimated": "est",
    "dead": "dead",
}

# Priority 1 to 4 of an alarm as a tone; anything else is calm.
PRIORITY_TONES = {1: "critical", 2: "high", 3: "medium", 4: "low"}
