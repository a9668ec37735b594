"""A gateway that knows tokens and nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from answers import Answer, Request, Server, answering, problem

first = "spt_ref_" + "0" * 43


class Rotation:
    """Refresh tokens that are used once: one that comes back ends them all, as at the gateway without its grace."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.count = 0
        self.reused = False
        #: Whether the token before may come again, as within the gateway's grace.
        self.graceful = False
        self.life = 900
        self.rejects: set[str] = set()

    def pair(self) -> dict[str, object]:
        return {
            "family": "4f0c2f6e-6f0e-4a53-b6a7-1f5a0f9f3a57",
            "clientName": "ann",
            "role": "user",
            "accessToken": self.access(),
            "accessExpiresInSeconds": self.life,
            "refreshToken": f"spt_ref_{self.count:0>43}",
            "refreshExpiresInSeconds": 86_400,
        }

    def access(self) -> str:
        return f"spt_acc_{self.count:0>43}"

    def answer(self, request: Request) -> Answer:
        with self.turn:
            if request.path == "/v1/tokens/refresh":
                sent = json.loads(request.body)["refreshToken"]
                if self.graceful and sent == f"spt_ref_{self.count - 1:0>43}":
                    return 200, self.pair(), {}
                if sent != f"spt_ref_{self.count:0>43}":
                    self.reused = True
                    return problem(401, "refresh-token-reused")
                self.count += 1
                return 200, self.pair(), {}
            sent = request.headers.get("authorization", "")
            if sent != f"Bearer {self.access()}" or self.access() in self.rejects:
                return problem(401, "token-expired")
            return 200, {"name": "ann", "role": "user", "family": None}, {}


@contextmanager
def rotating() -> Iterator[tuple[Rotation, Server]]:
    rotation = Rotation()
    with answering(rotation.answer) as server:
        yield rotation, server
