"""The demonstration in training says so and keeps its keys apart from the service's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.context import print_training
from cli.demo.command import sample_folder
from core import training

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("is_training", [False, True])
def test_keys_and_links_of_training_are_apart_and_it_is_told_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, is_training: bool
) -> None:
    monkeypatch.setenv("WANGGE_STATE_DIR", str(tmp_path))
    monkeypatch.setattr(training, "is_on", lambda: is_training)
    assert sample_folder() == (tmp_path / "training" if is_training else tmp_path)
    print_training()
    told = "".join(capsys.readouterr())
    assert bool(told.strip()) == is_training
