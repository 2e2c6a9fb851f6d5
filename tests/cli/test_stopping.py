"""What runs for long ends in order, by whatever signal and whenever it comes: status 0, and no cluster left running."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from cli.stopping import Stopped, held, stoppable, until_stopped
from tests.factories.serving import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.fresh import FreshProcesses, Staying

PATIENCE_S = 240
IN_BACKGROUND = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
for name in [name for name in os.environ if name.endswith("DATABASE_URL")]:
    del os.environ[name]
sys.argv = {words!r}
"""
COMMAND = """
from pathlib import Path
from cli import cluster, main
cluster.STATE = Path(sys.argv.pop(1))
main()
"""
SUITE = """
from cli.stopping import stoppable
from cli.testing import _run_to_its_end
with stoppable(although_ignored=True):
    _run_to_its_end([sys.executable, "-c", sys.argv[1]], dict(os.environ))
"""
TEARDOWN = """
import pathlib, time
try:
    pathlib.Path({0!r}, "begun").touch()
    time.sleep(100)
except KeyboardInterrupt:
    time.sleep(0.3)
    pathlib.Path({0!r}, "torn down").touch()
"""


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A state folder of the module's own, which the cluster's user can walk to."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def start(state: Path, services: FreshProcesses) -> Iterator[Callable[..., Staying]]:
    """Start a command with SIGINT ignored, as a shell starts what runs in the background."""
    started: list[Staying] = []

    def start(*words: str, program: str = COMMAND, first: str = "") -> Staying:
        in_background = IN_BACKGROUND.format(words=["wangge", first or str(state), *words])
        started.append(services.start(in_background + program, {}))
        return started[-1]

    yield start
    for process in started:
        process.send_signal(signal.SIGKILL)
        process.wait(20)


def until(condition: Callable[[], bool], process: Staying) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert process.is_running(), "it ended by itself"
        assert time.monotonic() < end
        time.sleep(0.05)


def answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/healthz").is_success
    except httpx2.TransportError:
        return False


def is_up(state: Path) -> bool:
    return (state / "pg" / "data" / "postmaster.pid").exists()


def test_api_and_worker_end_in_order_and_the_last_one_stops_the_cluster(
    state: Path, start: Callable[..., Staying]
) -> None:
    port = str(free_port())
    api = start("serve", "--port", port)
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        until(lambda: answers(client), api)
    worker = start("worker")
    until(lambda: start("worker", "--check").wait(60) == 0, worker)
    api.send_signal(signal.SIGTERM)
    assert api.wait(60) == 0
    assert is_up(state)
    worker.send_signal(signal.SIGINT)
    assert worker.wait(60) == 0
    assert not is_up(state)


def test_a_command_that_is_stopped_while_its_cluster_starts_leaves_no_cluster(
    state: Path, start: Callable[..., Staying]
) -> None:
    api = start("serve", "--port", "0")
    until(lambda: is_up(state), api)
    api.send_signal(signal.SIGINT)
    assert api.wait(60) == 0
    assert not is_up(state)


def test_a_stopped_suite_tears_down_before_it_ends(start: Callable[..., Staying], tmp_path: Path) -> None:
    suite = start(program=SUITE, first=TEARDOWN.format(str(tmp_path)))
    until((tmp_path / "begun").exists, suite)
    suite.send_signal(signal.SIGTERM)
    assert suite.wait(60) == 128 + signal.SIGTERM
    assert (tmp_path / "torn down").exists()


def test_a_signal_waits_for_what_must_not_be_left_half_done() -> None:
    done = []

    def work() -> None:
        with held(), held():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("all")

    with stoppable(), pytest.raises(Stopped) as told:
        work()
    assert told.value.code == 143
    assert done == ["all"]
    with until_stopped():
        os.kill(os.getpid(), signal.SIGHUP)


def test_what_was_ignored_stays_ignored_and_is_as_before_afterwards() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGINT)
        with stoppable(although_ignored=True), pytest.raises(Stopped):
            os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
