"""A way to the gateway on which answers get lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


class LossyWay:
    """Passes requests on; of the submissions, the first answers do not come back."""

    def __init__(self, to: str, losses: int) -> None:
        self.to = to
        self.losses = losses
        #: ``Idempotency-Key`` of each submission that came by.
        self.keys: list[str | None] = []
        self.url = ""


@contextmanager
def lossy_way(to: str, losses: int) -> Iterator[LossyWay]:
    """A way to the gateway at ``to`` on which so many answers to submissions get lost."""
    way = LossyWay(to, losses)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            answer = httpx.request(self.command, way.to + self.path, headers=headers, content=body)
            if self.command == "POST" and self.path == "/v1/applications":
                way.keys.append(self.headers.get("idempotency-key"))
                if len(way.keys) <= way.losses:
                    self.close_connection = True
                    return
            self.send_response(answer.status_code)
            for name in ("content-type", "location", "idempotency-key"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    way.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield way
    finally:
        server.shutdown()
        server.server_close()
