"""A gateway for all these tests, and a new user of it for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from served import ServedGateway

from sparkplatform import SparkPlatform


@pytest.fixture(scope="session")
def gateway() -> Iterator[ServedGateway]:
    with ServedGateway() as served:
        yield served


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A client's name that no other test has."""
    return str(request.node.name).split("[")[0].removeprefix("test_").replace("_", "-")[:60].rstrip("-")


@pytest.fixture
def user(gateway: ServedGateway, name: str) -> Iterator[SparkPlatform]:
    """Somebody who has registered."""
    with SparkPlatform(gateway.api) as platform:
        platform.register(gateway.register_token(name))
        yield platform


@pytest.fixture
def clock(gateway: ServedGateway) -> Iterator[ServedGateway]:
    """The gateway, for a test that sets its clock ahead."""
    yield gateway
    gateway.set_ahead(0)
