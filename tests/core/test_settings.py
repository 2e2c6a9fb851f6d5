"""Every setting is documented, and none that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.settings import Settings

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def test_the_document_names_exactly_the_settings_that_exist() -> None:
    documented = set(re.findall(r"^\| `WANGGE_(\w+)`", DOCUMENT.read_text(), flags=re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_settings_do_not_change_once_built() -> None:
    with pytest.raises(ValidationError):
        Settings().log_level = "DEBUG"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_both_spellings_of_the_database_url_are_understood(scheme: str) -> None:
    settings = Settings.for_database(f"{scheme}://u:p@h:1/d")
    assert settings.sqlalchemy_url == "postgresql+psycopg://u:p@h:1/d"
    assert settings.libpq_url == "postgresql://u:p@h:1/d"
