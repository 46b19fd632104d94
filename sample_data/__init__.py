"""Networks, recorded traffic and scenarios for the demo, the docs and the tests; read with `importlib.resources`."""
