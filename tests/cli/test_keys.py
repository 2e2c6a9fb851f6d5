"""Keys made in the terminal."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from cli import app

runner = CliRunner()


@pytest.mark.parametrize("channel", [[], ["--channel", " "], ["--channel", "12\n345"]])
def test_a_key_that_sends_reports_is_made_for_a_channel(
    database_url: str, monkeypatch: pytest.MonkeyPatch, channel: list[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    refused = runner.invoke(app, ["keys", "create", "hotline", "--role", "intake", *channel])
    assert refused.exit_code == 2
    assert "--channel" in refused.output
    made = runner.invoke(app, ["keys", "create", "hotline", "--role", "intake", "--channel", "12345"])
    assert made.exit_code == 0, made.output
