"""What changes of a person by command: corrections, units, the end, the way back, erasure; seats end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from cli import people, seats
from core import clock
from core.errors import DomainError
from identity.actors import COMMAND_LINE
from identity.people import queries
from identity.units import operations as units
from identity.units.operations import UnitIn

if TYPE_CHECKING:
    import pytest
    import typer

    from core.db import Database
    from core.settings import Settings


def test_a_person_is_corrected_moved_ended_taken_back_and_erased(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    with database.transaction() as session:
        units.state_units(session, [UnitIn("u", "某局", "department", None, clock.now())], actor=COMMAND_LINE)

    def run(app: typer.Typer, *words: str) -> str:
        done = CliRunner().invoke(app, list(words))
        if isinstance(done.exception, DomainError):
            return done.exception.code
        assert done.exit_code == 0, done.output
        return done.output

    def units_of(who: str) -> tuple[str, ...]:
        with database.transaction() as session:
            return tuple(queries.profile(session, queries.by_words(session, who).id, clock.now()).units)

    for name, number in (("甲", "C-1"), ("乙", "C-2")):
        run(people.app, "create", name, "--staff-number", number)
    assert "corrected" in run(people.app, "correct", "C-1", "--name", "甲甲", "--phone", "13800000009")
    assert "甲甲" in run(people.app, "show", "C-1")
    run(people.app, "unit", "C-1", "u")
    assert units_of("C-1") == ("u",)
    run(people.app, "unit", "C-1", "u", "--leaves")
    assert units_of("C-1") == ()
    run(seats.app, "state", "D-1", "--name", "席", "--zone", "区", "--unit", "u")
    run(seats.app, "duty", "D-1", "C-2")
    run(seats.app, "absence", "C-2", "--stand-in", "C-1")
    assert '"stand_in": "甲甲"' in run(seats.app, "absences", "--json").replace('":"', '": "')
    assert run(people.app, "end", "C-2") == "appointment-open-things"
    run(seats.app, "end", "D-1")
    assert "D-1" not in run(seats.app, "list")
    assert run(people.app, "erase", "C-2", "--note", "申请", "--yes") == "person-ended"
    run(people.app, "end", "C-2")
    run(people.app, "reactivate", "C-2")
    assert "at work" in run(people.app, "list", "--words", "C-2")
    run(people.app, "end", "C-2")
    assert "erased" in run(people.app, "erase", "C-2", "--note", "申请", "--yes")
    assert "乙" not in run(people.app, "list", "--ended")
