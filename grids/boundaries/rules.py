"""Pure decisions of the registry: what content is the same, what changed, when a release may take effect."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson
import shapely

from grids.boundaries.errors import EffectiveInstantError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grids.boundaries.records import AreaRecord

_TICK = timedelta(milliseconds=1)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


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
    """Tell which codes come, change, go and stay, given the fingerprints before and after."""

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
        raise EffectiveInstantError(f"The year {wanted.year} is not meant.", field="effective_at")
    if previous is None:
        return wanted or now + lead
    if wanted is None:
        if previous > now + lead + timedelta(minutes=1):
            raise EffectiveInstantError(
                f"The latest release takes effect only at {previous.isoformat()}: name a later instant for this one.",
                field="effective_at",
            )
        return max(now + lead, previous + _TICK)
    if wanted <= previous:
        raise EffectiveInstantError(
            f"{wanted.isoformat()} is not after the previous release's {previous.isoformat()}.", field="effective_at"
        )
    if wanted < now:
        raise EffectiveInstantError(
            f"{wanted.isoformat()} is past: only the first release of a layer may take effect in the past.",
            field="effective_at",
        )
    if wanted < now + lead:
        raise EffectiveInstantError(
            f"{wanted.isoformat()} is too near: name an instant at least {lead.total_seconds():g} s ahead, or none.",
            field="effective_at",
        )
    return wanted


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
