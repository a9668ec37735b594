"""A server on a port of this machine that answers as a test says, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Json = dict[str, object]
#: Status, content and headers; None: the connection ends without an answer.
Answer = tuple[int, object, dict[str, str]] | None


@dataclass
class Request:
    """What came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Server:
    """``url`` is where it listens."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)


def problem(status: int, code: str, **headers: str) -> Answer:
    """A refusal as the gateway words it."""
    content = {"title": code, "detail": "do better", "code": code, "status": status, "instance": "urn:uuid:1"}
    return status, content, {"content-type": "application/problem+json", **headers}


@contextmanager
def answering(answer: Callable[[Request], Answer]) -> Iterator[Server]:
    """Answers each request with what the function says."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            request = Request(self.command, self.path, dict(self.headers.items()), body)
            server.requests.append(request)
            answered = answer(request)
            if answered is None:
                self.close_connection = True
                return
            status, content, headers = answered
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"content-type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_PUT = do_DELETE = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests' output is theirs."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    server.url = f"http://127.0.0.1:{listening.server_port}"
    threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
