"""Scratch folders are private to a process, gone with it however it ends, and never taken from one that lives."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grids.boundaries import scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]
HOLD = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from grids.boundaries import scratch
with scratch.folder("import") as folder:
    (folder / "half-read").write_bytes(b"x" * 1000)
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def held(place: Path) -> Iterator[Callable[[], tuple[Path, subprocess.Popen[str]]]]:
    """Start processes that hold a scratch folder."""
    started: list[subprocess.Popen[str]] = []

    def hold() -> tuple[Path, subprocess.Popen[str]]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(place)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        return Path(process.stdout.readline().strip()), process

    yield hold
    for process in started:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()


def _files(place: Path) -> list[str]:
    return sorted(path.name for path in place.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_a_folder_is_empty_private_and_removed_at_the_end(place: Path) -> None:
    with scratch.folder("import") as one, scratch.folder("import") as two:
        (one / "a").write_text("a")
        assert list(two.iterdir()) == []
        assert [path.stat().st_mode & 0o077 for path in (one, one.parent, one.parent.parent)] == [0, 0, 0]
    assert _files(place) == []


def test_a_failure_inside_leaves_nothing(place: Path) -> None:
    def fail() -> None:
        with scratch.folder("import") as folder:
            (folder / "a").write_text("a")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fail()
    assert _files(place) == []


def test_what_a_killed_process_leaves_is_swept_and_what_living_ones_use_is_not(
    place: Path, held: Callable[[], tuple[Path, subprocess.Popen[str]]]
) -> None:
    (dead, first), (alive, _), (also_alive, _) = held(), held(), held()
    first.kill()
    first.wait()
    assert (dead / "half-read").exists()
    assert scratch.sweep() == 1
    assert [folder.exists() for folder in (dead, dead.parent, alive, also_alive)] == [False, False, True, True]
    assert _files(place) == ["half-read", "half-read"]
    assert scratch.sweep() == 0


def test_the_next_process_sweeps_by_itself(place: Path, held: Callable[[], tuple[Path, subprocess.Popen[str]]]) -> None:
    dead, first = held()
    first.kill()
    first.wait()
    with scratch.folder("export"):
        assert not dead.exists()
    assert _files(place) == []


def test_a_process_that_ends_takes_no_lock_from_under_a_sweep(
    held: Callable[[], tuple[Path, subprocess.Popen[str]]],
) -> None:
    folder, ending = held()
    assert ending.stdin is not None
    sweeping = os.open(folder.parent.parent, os.O_RDONLY)
    try:
        fcntl.flock(sweeping, fcntl.LOCK_EX)
        ending.stdin.close()
        with pytest.raises(subprocess.TimeoutExpired):
            ending.wait(timeout=2)
        assert folder.parent.with_suffix(".lock").exists()
    finally:
        os.close(sweeping)
    assert ending.wait() == 0
    assert not list(folder.parent.parent.iterdir())


@pytest.mark.parametrize("planted", ["link", "open to others"])
def test_a_folder_that_another_could_have_planted_is_not_used(
    place: Path, monkeypatch: pytest.MonkeyPatch, planted: str
) -> None:
    with scratch.folder("import") as folder:
        home = folder.parent.parent
    monkeypatch.setattr(scratch, "_own", {})
    for left in home.iterdir():
        left.unlink() if left.is_file() else left.rmdir()
    home.rmdir()
    elsewhere = place / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    home.symlink_to(elsewhere) if planted == "link" else home.mkdir()
    if planted != "link":
        home.chmod(0o777)
    with scratch.folder("import") as folder:
        assert not folder.resolve().is_relative_to(elsewhere)
        assert not folder.is_relative_to(home)
