"""A small real HTTP server on loopback whose answers a test decides, including none at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.processes import free_port


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path replies."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class WebServer:
    """Answers 200 with nothing unless told otherwise."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.asked: list[Asked] = []
        self._answers: dict[str, Answer] = {}
        self._patience = threading.Event()
        self._silent: set[str] = set()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str, body: bytes | str = b"", *, status: int = 200, **headers: str) -> None:
        """From now on the path replies this."""
        raw = body.encode() if isinstance(body, str) else body
        self._answers[path] = Answer(status, raw, {key.replace("_", "-"): value for key, value in headers.items()})

    def stay_silent(self, path: str) -> None:
        """From now on the path takes the request and never replies."""
        self._silent.add(path)

    def start(self) -> None:
        self._patience.clear()
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="test web server")
        self._thread.start()

    def stop(self) -> None:
        """Refuse connections from now on, on the same port."""
        if self._server is not None and self._thread is not None:
            self._patience.set()
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(5.0)
            self._server = self._thread = None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(length))
                owner.asked.append(asked)
                bare_path = self.path.partition("?")[0]
                if bare_path in owner._silent:
                    owner._patience.wait(60.0)
                    return
                self.reply(owner._answers.get(bare_path, Answer()))

            def reply(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for key, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_PUT = do_HEAD = handle_any

            def log_message(self, format: str, *args: object) -> None:
                """The tests speak for themselves."""

        return Handler


@pytest.fixture
def web_server() -> Iterator[WebServer]:
    """A web server of this test's own, running."""
    server = WebServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
