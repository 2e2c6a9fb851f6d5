"""Names are reserved like codes: no two areas of one parent are called alike, in the draft or in another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grids.change_sets import draft_queries, queries
from grids.change_sets.errors import EditRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from grids.boundaries.records import AreaRecord
    from grids.change_sets.draft_queries import DraftState


def require_free_names(
    session: Session,
    draft: DraftState,
    before: Mapping[str, AreaRecord],
    after: Mapping[str, AreaRecord | None],
) -> None:
    """Refuse a name that an edit gives and that another area of the same level and parent has.

    What areas were called already may stay, however often it stands in the layer. `before` are the edit's areas as
    they were.

    Raises
    ------
    EditRefusedError
    """
    given = {
        code: record
        for code, record in after.items()
        if record is not None and (code not in before or before[code].name != record.name)
    }
    names = {record.name for record in given.values()}
    if not names:
        return
    known: list[tuple[str, str, str, str | None, int | None]] = [
        (r.name, r.code, r.level, r.parent_code, None)
        for code, r in draft_queries.called(session, draft, names).items()
        if code not in after
    ]
    known += [(r.name, r.code, r.level, r.parent_code, None) for code, r in given.items()]
    drafted = queries.drafted_elsewhere(session, draft.change_set, names)
    known += [(name, code, level, parent, number) for name, code, level, parent, number in drafted]
    for code, record in given.items():
        for name, other, level, parent, drafted_in in known:
            if (name, level, parent) == (record.name, record.level, record.parent_code) and other != code:
                raise EditRefusedError(
                    (
                        "Area {other} is called '{name}' already: names are not given twice."
                        if drafted_in is None
                        else "Area {other} of change set {number} is called '{name}' already: names are not given "
                        "twice."
                    ),
                    values={"other": other[:80], "number": drafted_in, "name": name[:80]},
                    field="name",
                )
