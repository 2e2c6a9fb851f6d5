"""Instants as options of commands: read as the API reads them."""

from __future__ import annotations

from datetime import datetime

import typer

from core.instants import read_instant


def instant(text: str | datetime) -> datetime:
    """Read an RFC 3339 instant with its offset, or refuse the option (exit code 2)."""
    if isinstance(text, datetime):
        return text
    try:
        return read_instant(text)
    except ValueError as error:
        raise typer.BadParameter(f"'{text[:60]}' {error}.") from None
