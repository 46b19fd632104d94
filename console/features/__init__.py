"""The features of the console: listed, never discovered."""

FEATURES = (
    "console.features.overview.feature",
    "console.features.diagram.feature",
    "console.features.alarms.feature",
    "console.features.alarm_rules.feature",
    "console.features.trends.feature",
    "console.features.outages.feature",
    "console.features.converters.feature",
    "console.features.study.feature",
    "console.features.reports.feature",
    "console.features.events.feature",
    "console.features.diagnostics.feature",
)
