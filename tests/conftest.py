"""What every test may ask for: real servers, a guarded Qt, a home of its own."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTEST_QT_API", "pyside6")

pytest_plugins = (
    "tests.support.postgres",
    "tests.support.mosquitto",
    "tests.support.databases",
    "tests.support.web_server",
    "tests.support.guards",
)
