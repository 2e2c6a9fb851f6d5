"""What strangers send is logged as text: it ends no line and moves no cursor. Lines go to the stderr of the moment."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import structlog

from core.observability import configure_logging
from core.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _configured_as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize(
    "path", ["/\x1b[31m", "/a\nlevel=error", "/a\r\n2026", "/\x9b2J", "/\u202e", "/\ud800", "/\x00"], ids=ascii
)
def test_a_logged_path_is_one_printable_line(log_format: str, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    configure_logging(Settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", log_format=log_format))
    structlog.get_logger("test").info("request", path=path)
    written = capsys.readouterr().err
    plain = written.replace("\x1b[0m", "").rstrip("\n")
    assert written.count("\n") == 1
    assert path not in written
    assert "\x1b[31m" not in plain
    assert "\u202e" not in plain


def test_chinese_stays_readable(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", log_format="console"))
    structlog.get_logger("test").info("request", path="/v1/上街区")
    assert "上街区" in capsys.readouterr().err


def test_a_logger_outlives_the_stderr_it_first_wrote_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", first := io.StringIO())
    configure_logging(Settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", log_format="json"))
    logger = structlog.get_logger("test")
    logger.info("said")
    assert "said" in first.getvalue()
    first.close()
    monkeypatch.setattr("sys.stderr", second := io.StringIO())
    logger.info("said later")
    assert "said later" in second.getvalue()
