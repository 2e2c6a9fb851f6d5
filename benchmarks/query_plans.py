"""Which statements a block of code sends, and which large tables their plans read from end to end."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    Sent = tuple[str, Any]
    """A statement in the driver's words, and its values."""

LARGE_ROWS: Final = 5_000


@contextmanager
def statements_of(engine: Engine) -> Iterator[list[Sent]]:
    """Note each statement that is sent through an engine, in any session, while the block runs."""
    sent: list[Sent] = []

    def note(_: object, __: object, statement: str, values: Any, *___: object) -> None:  # noqa: ANN401 (the driver's)
        sent.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def large_tables(session: Session, rows: int = LARGE_ROWS) -> set[str]:
    """Return the tables, and months of tables, that the planner takes for so large."""
    found = session.scalars(
        text("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= :rows"), {"rows": rows}
    )
    return set(found)


def read_whole(session: Session, sent: list[Sent], large: set[str]) -> list[tuple[str, str]]:
    """Return the large tables that plans of statements read from end to end, each with the statement."""
    found = []
    connection = session.connection()
    for statement, values in sent:
        if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
            continue
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
        tables = (node["Relation Name"] for node in _nodes(plan[0]["Plan"]) if node["Node Type"] == "Seq Scan")
        found += [(table, statement) for table in tables if table in large]
    return found


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
