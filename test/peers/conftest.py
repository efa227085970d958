"""What all tests share. The runner tells where the server is."""

import os

import pytest

pytest.register_assert_rewrite("networks")

from networks import Accumulator, Pair, Perceptron, Slow  # noqa: E402 - after what makes its assertions tell what they compared
from rest import Rest  # noqa: E402


def pytest_terminal_summary(terminalreporter):
    """The line that the runner reads."""
    count = {outcome: len(reports) for outcome, reports in terminalreporter.stats.items()}
    failed = count.get("failed", 0) + count.get("error", 0)
    terminalreporter.write_line(f"{count.get('passed', 0)} passed, {failed} failed")


@pytest.fixture(scope="session")
def anyio_backend():
    """What runs asynchronous tests."""
    return "asyncio"


@pytest.fixture(scope="session")
def address():
    """`host:port` of HTTP."""
    return os.environ["BLOCKSERVE_TEST_HTTP"]


@pytest.fixture(scope="session")
def grpc_address():
    """`host:port` of gRPC."""
    return os.environ["BLOCKSERVE_TEST_GRPC"]


@pytest.fixture(scope="session")
def rest(address):
    return Rest(address)


def network(kind):
    """A fixture: a network of that kind for one test."""

    @pytest.fixture
    def make(rest):
        made = kind(rest)
        yield made
        made.delete()

    return make


net = network(Perceptron)
pair = network(Pair)
accumulator = network(Accumulator)
slow = network(Slow)
