"""Pure decisions of the registry: what content is the same, what changed, when a release may take effect."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson
import shapely

from core.errors import Detail
from grids.boundaries.errors import EffectiveInstantDoubtfulError, EffectiveInstantError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grids.boundaries.records import AreaRecord

_TICK = timedelta(milliseconds=1)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_A_DAY, _A_MONTH = timedelta(days=1), timedelta(days=31)
_A_YEAR, _TEN_YEARS = timedelta(days=366), timedelta(days=3653)


@dataclass(frozen=True, slots=True)
class Changes:
    """How new content differs from what is in force: codes, each list in byte order."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    retired: tuple[str, ...]
    unchanged: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many areas of each sort."""
        return {name: len(getattr(self, name)) for name in ("added", "changed", "retired", "unchanged")}


def fingerprint(area: AreaRecord) -> bytes:
    """Return the SHA-256 of one area in canonical form: its facts as sorted JSON, then its geometry as WKB."""
    facts = [area.level, area.code, area.name, area.parent_code, area.unit_code, area.attributes]
    digest = hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS))
    digest.update(shapely.to_wkb(area.geom, byte_order=1, output_dimension=2) or b"")
    return digest.digest()


def fingerprints(areas: Iterable[AreaRecord]) -> dict[str, bytes]:
    """Return each area's fingerprint by its code."""
    return {area.code: fingerprint(area) for area in areas}


def checksum(prints: Mapping[str, bytes]) -> str:
    """Return the checksum of a release: SHA-256 over the fingerprints in byte order of the codes, in hex."""
    digest = hashlib.sha256()
    for code in sorted(prints, key=str.encode):
        digest.update(prints[code])
    return digest.hexdigest()


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Changes:
    """Return which codes come, change, go and stay, given the fingerprints before and after."""

    def ordered(codes: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(codes, key=str.encode))

    both = old.keys() & new.keys()
    return Changes(
        added=ordered(new.keys() - old.keys()),
        changed=ordered(code for code in both if old[code] != new[code]),
        retired=ordered(old.keys() - new.keys()),
        unchanged=ordered(code for code in both if old[code] == new[code]),
    )


def effective_instant(
    *, wanted: datetime | None, now: datetime, lead: timedelta, previous: datetime | None
) -> datetime:
    """Decide when a release takes effect.

    The first release of a layer may name any instant, also one in the past, so that old reports find their area.
    Every later one takes effect after its predecessor and not before `now + lead`, by when every process has loaded it:
    answers already given stay true. Named nothing, it is that instant.

    Raises
    ------
    EffectiveInstantError
        When the wanted instant is in the past, too near, or not after the previous release's.
    """
    if wanted is not None and wanted.tzinfo is None:
        raise EffectiveInstantError(
            "The effective instant needs a time zone, for example +08:00.", field="effective_at"
        )
    if wanted is not None and not _FIRST_YEAR <= wanted.year <= _LAST_YEAR:
        raise EffectiveInstantError("The year {year} is not meant.", values={"year": wanted.year}, field="effective_at")
    if previous is None:
        return wanted or now + lead
    if wanted is None:
        if previous > now + lead + timedelta(minutes=1):
            raise EffectiveInstantError(
                "The latest release takes effect only at {previous}: name a later instant for this one.",
                values={"previous": previous.isoformat()},
                field="effective_at",
            )
        return max(now + lead, previous + _TICK)
    if wanted <= previous:
        raise EffectiveInstantError(
            "{wanted} is not after the previous release's {previous}.",
            values={"wanted": wanted.isoformat(), "previous": previous.isoformat()},
            field="effective_at",
        )
    if wanted < now:
        raise EffectiveInstantError(
            "{wanted} is past: only the first release of a layer may take effect in the past.",
            values={"wanted": wanted.isoformat()},
            field="effective_at",
        )
    if wanted < now + lead:
        raise EffectiveInstantError(
            "{wanted} is too near: name an instant at least {lead:g} s ahead, or none.",
            values={"wanted": wanted.isoformat(), "lead": lead.total_seconds()},
            field="effective_at",
        )
    return wanted


@dataclass(frozen=True, slots=True)
class Meant:
    """What is known of whether an instant was meant: said so once (`confirm`) or in spite of all (`force`).

    `first_report_at` is when the first report of the layer was made, None where there is none.
    """

    confirm: bool = False
    force: bool = False
    first_report_at: datetime | None = None


def require_meant(wanted: datetime | None, *, now: datetime, meant: Meant) -> None:
    """Refuse instants that are probably a mistyped year: what is in force for decades cannot be undone.

    More than a month ahead, or ten years back, an instant has to be confirmed. More than a year ahead, or before the
    day of the layer's first report, it has to be forced: there, nothing is to be answered.

    Raises
    ------
    EffectiveInstantDoubtfulError
        With the instant and what to do; `needs` is `confirm` or `force`.
    """
    if wanted is None or meant.force:
        return
    when, first = wanted.isoformat(), meant.first_report_at
    if wanted > now + _A_YEAR:
        needs, why = (
            "force",
            Detail("{when} is more than a year ahead; until then no other release can take effect", {"when": when}),
        )
    elif first is not None and wanted < now and wanted < first - _A_DAY:
        needs, why = (
            "force",
            Detail("{when} is before the layer's first report ({first})", {"when": when, "first": first.isoformat()}),
        )
    elif meant.confirm:
        return
    elif wanted > now + _A_MONTH:
        needs, why = (
            "confirm",
            Detail(
                "{when} is {days} days ahead; until then no other release can take effect",
                {"when": when, "days": (wanted - now).days},
            ),
        )
    elif wanted < now - _TEN_YEARS:
        needs, why = (
            "confirm",
            Detail("{when} is {years} years back", {"when": when, "years": (now - wanted).days // 365}),
        )
    else:
        return
    raise EffectiveInstantDoubtfulError(
        "{why}. Correct it, or say that it is meant ({needs}).",
        values={"why": why, "needs": needs},
        field="effective_at",
        needs=needs,
    )


def households(area: AreaRecord) -> float | None:
    """Return the number of households of an area (attribute `households`), or None where it is not known."""
    value = area.attributes.get("households")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        return None
    return float(value)


def repeated_codes(areas: Sequence[AreaRecord]) -> list[str]:
    """Return the codes that more than one area bears."""
    seen: set[str] = set()
    return sorted({area.code for area in areas if area.code in seen or seen.add(area.code)})  # type: ignore[func-returns-value]
