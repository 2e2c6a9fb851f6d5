"""Areas of one level as features: of a release's instant or of a draft, filtered, counted and paged by the database.

Conditions are SQL on the columns of COLUMNS with bound parameters; who composes them binds every value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import psycopg
import shapely
from sqlalchemy import text

from core.errors import DomainError
from core.personal import holds_person, is_person_column
from grids.boundaries.errors import ParameterInvalidError

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from grids.boundaries.tables import Layer

COLUMNS: dict[str, str] = {
    "code": "text",
    "name": "text",
    "level": "text",
    "parent_code": "text",
    "unit_code": "text",
    "unit_name": "text",
    "area_m2": "number",
    "valid_from": "time",
    "valid_to": "time",
    "release": "number",
}
"""The facts every area has, and their kinds; beside them stand `attributes` (jsonb) and `geom`."""


class QueryTooLongError(DomainError):
    """The database needs too long to find these features. Ask for less: a small bbox, a simpler filter."""

    code = "query-too-long"


@dataclass(frozen=True, slots=True)
class Source:
    """One level of a layer at an instant; with `change_set`, as that draft on top of it has it."""

    layer: Layer
    level: str
    at: datetime
    change_set: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL that is true for what is wanted, with its bound values."""

    sql: str = "TRUE"
    values: dict[str, Any] = field(default_factory=dict)

    def and_(self, other: Condition) -> Condition:
        """Ask for both."""
        return Condition(f"{self.sql} AND ({other.sql})", self.values | other.values)


@dataclass(frozen=True, slots=True)
class Features:
    """Areas in byte order of their codes: the facts, one mapping an area, and the geometries in WGS 84."""

    facts: list[dict[str, Any]]
    geometries: NDArray[np.object_]


ALL = Condition()
# Texts worth a look for people: seven digits of any kind, or what stands beside a name.
_MAY_HOLD_PEOPLE = "([0-9０-９][^0-9０-９]*){7}|[:：=姓叫]|先生|女士|人|户主|小姐|同志|师傅|大|阿姨|爷|奶"
_RELEASED = """
SELECT a.code, a.name, a.level, a.parent_code, a.unit_code, u.name AS unit_name, a.area_m2,
       lower(a.valid_during) AS valid_from, upper(a.valid_during) AS valid_to, r.number AS release, a.attributes, a.geom
FROM area a JOIN release r ON r.id = a.release_id LEFT JOIN responsible_unit u ON u.code = a.unit_code
WHERE a.layer_id = %(source_layer)s AND a.level = %(source_level)s AND a.valid_during @> %(source_at)s
"""
_DRAFT = (
    _RELEASED
    + """
 AND NOT EXISTS (SELECT FROM change_set_area d WHERE d.change_set_id = %(source_draft)s AND d.code = a.code)
UNION ALL
SELECT d.code, d.name, d.level, d.parent_code, d.unit_code, coalesce(d.unit_name, u.name),
       ST_Area(d.geom::geography), NULL, NULL, NULL, d.attributes, d.geom
FROM (
    SELECT DISTINCT ON (code) * FROM change_set_area WHERE change_set_id = %(source_draft)s
    ORDER BY code, edit_number DESC
) d LEFT JOIN responsible_unit u ON u.code = d.unit_code
WHERE NOT d.is_retired AND d.level = %(source_level)s
"""
)


def features(
    session: Session, source: Source, *, where: Condition = ALL, after: str | None = None, limit: int
) -> Features:
    """Return up to `limit` features that fulfil the condition, those whose codes follow `after`."""
    paged = "" if after is None else ' AND f.code COLLATE "C" > %(page_after)s'
    sql = (
        f"SELECT {', '.join(f'f.{name}' for name in COLUMNS)}, f.attributes, ST_AsBinary(f.geom)"
        f" FROM ({_sql(source)}) f WHERE ({where.sql}){paged}"
        ' ORDER BY f.code COLLATE "C" LIMIT %(page_limit)s'
    )
    rows = _fetch(session, sql, source, where, page_after=after, page_limit=limit)
    geometries = shapely.from_wkb(np.array([row[-1] for row in rows], dtype=object))
    facts = [dict(zip([*COLUMNS, "attributes"], row[:-1], strict=True)) for row in rows]
    return Features(facts, np.asarray(geometries, dtype=object))


def count(session: Session, source: Source, *, where: Condition = ALL) -> int:
    """Return how many features fulfil the condition."""
    sql = f"SELECT count(*) FROM ({_sql(source)}) f WHERE ({where.sql})"
    return int(_fetch(session, sql, source, where)[0][0])


def extent(session: Session, source: Source) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of all features, or None where there are none."""
    sql = (
        "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)"
        f" FROM (SELECT ST_Extent(f.geom) AS e FROM ({_sql(source)}) f) x"
    )
    row = _fetch(session, sql, source, ALL)[0]
    return None if row[0] is None else cast("tuple[float, float, float, float]", tuple(row))


def attribute_kinds(session: Session, source: Source, *, with_people: bool) -> dict[str, str]:
    """Return the names of the free attributes and the kind of their values: text, number or boolean.

    Attributes that no kind fits, or that share the name of a fact, are left out; without `with_people` those too that
    are about people or hold numbers of people, which a filter would reveal digit by digit.
    """
    sql = (
        "SELECT e.key, array_agg(DISTINCT jsonb_typeof(e.value)),"
        " array_agg(DISTINCT e.value #>> '{}') FILTER (WHERE e.value #>> '{}' ~ %(source_people)s)"
        f" FROM ({_sql(source)}) f, jsonb_each(f.attributes) e"
        " WHERE jsonb_typeof(e.value) <> 'null' GROUP BY e.key ORDER BY e.key"
    )
    kinds = {"string": "text", "number": "number", "boolean": "boolean"}
    return {
        name: kinds[found[0]]
        for name, found, suspects in _fetch(session, sql, source, ALL, source_people=_MAY_HOLD_PEOPLE)
        if (with_people or not (is_person_column(name) or any(map(holds_person, suspects or ()))))
        and len(found) == 1
        and found[0] in kinds
        and name not in COLUMNS
        and name not in {"geometry", "attributes"}
    }


def _sql(source: Source) -> str:
    return _RELEASED if source.change_set is None else _DRAFT


def _fetch(session: Session, sql: str, source: Source, where: Condition, **more: Any) -> list[Any]:  # noqa: ANN401 (bound values)
    values = {
        "source_layer": source.layer.id,
        "source_level": source.level,
        "source_at": source.at,
        "source_draft": source.change_set,
    }
    driver = cast("Any", session.connection().connection.driver_connection)
    with driver.cursor(binary=True) as cursor:
        try:
            return cast("list[Any]", cursor.execute(sql, values | where.values | more).fetchall())
        except psycopg.errors.DataError as error:
            raise ParameterInvalidError(
                "The condition cannot be computed on these areas: a number leaves the range of numbers.", field="filter"
            ) from error
        except psycopg.errors.QueryCanceled as error:
            raise QueryTooLongError(field="filter") from error


def limit_time(session: Session, seconds: float) -> None:
    """Let no later query of this transaction take longer than so many seconds: it raises QueryTooLongError."""
    session.execute(text("SELECT set_config('statement_timeout', :ms, true)"), {"ms": str(round(seconds * 1000))})
