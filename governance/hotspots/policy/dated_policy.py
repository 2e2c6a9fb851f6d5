"""The dated policy of hotspots: thresholds of the four kinds of matters.

A policy is a row valid from a day on, until the next one begins. It is added to and never changed, and only from
tomorrow on: a result of a past period stays explained by the policy it was computed under.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import audit, clock
from core.errors import Detail, DomainError, Kind
from governance.channels import operations as channels
from governance.hotspots.policy.tables import HotspotPolicy
from grids.boundaries.tables import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from identity.actors import Actor

FARTHEST_YEARS = 10


class PolicyInvalidError(DomainError):
    """A threshold of the policy is not valid."""

    code = "hotspot-policy-invalid"


class PolicyDateError(DomainError):
    """A policy begins tomorrow or later, within ten years: what is past was judged by the policy of its time."""

    code = "hotspot-policy-date"


class PolicyExistsError(DomainError):
    """Another policy begins on that day; policies are never changed. Choose another day."""

    code = "hotspot-policy-exists"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number of the policy: its range (whole numbers have a whole range)."""

    low: float
    high: float


LEVEL = "common_area_level"
THRESHOLDS: dict[str, Threshold] = {
    "high_frequency_per_30_days": Threshold(0.0, 1000000.0),
    "high_frequency_share": Threshold(0.0, 1.0),
    "common_reports_per_area": Threshold(1, 1_000_000),
    "common_area_share": Threshold(0.0, 1.0),
    "concentrated_p": Threshold(1e-06, 0.5),
    "hot_q": Threshold(1e-06, 0.5),
    "grown_by": Threshold(0.0, 10.0),
    "same_place_share": Threshold(0.01, 1.0),
    "gone_after_runs": Threshold(1, 24),
}


def policy_on(session: Session, day: date) -> HotspotPolicy:
    """Return the policy in force on a day; the first one for a day before all."""
    found = session.scalar(
        select(HotspotPolicy).where(HotspotPolicy.valid_from <= day).order_by(HotspotPolicy.valid_from.desc()).limit(1)
    )
    return found or session.scalars(select(HotspotPolicy).order_by(HotspotPolicy.valid_from).limit(1)).one()


def thresholds_on(session: Session, day: date) -> dict[str, Any]:
    """Return the thresholds in force on a day."""
    return dict(policy_on(session, day).thresholds)


def list_policies(session: Session) -> Sequence[HotspotPolicy]:
    """Return all policies, the latest first."""
    return session.scalars(select(HotspotPolicy).order_by(HotspotPolicy.valid_from.desc())).all()


def add_policy(
    session: Session,
    *,
    valid_from: date,
    thresholds: Mapping[str, Any],
    sources: Mapping[str, str],
    note: str,
    actor: Actor,
) -> HotspotPolicy:
    """Add a policy: what is given changes, the rest is as in the policy before it.

    `sources` names kinds of channels from the same day on (governance/channels).

    Raises
    ------
    PolicyDateError, PolicyInvalidError, PolicyExistsError, ChannelInvalidError
    """
    today = clock.now().astimezone(clock.LOCAL).date()
    if not today < valid_from <= today + timedelta(days=366 * FARTHEST_YEARS):
        raise PolicyDateError(
            "{valid_from} is not after today, {today}, and within ten years: choose {next_day} or later.",
            values={"valid_from": valid_from, "today": today, "next_day": today + timedelta(days=1)},
            field="valid_from",
        )
    before = policy_on(session, valid_from)
    row = {
        "valid_from": valid_from,
        "thresholds": {**before.thresholds, **checked_thresholds(session, thresholds)},
        "note": note,
        "added_by": actor.name,
    }
    channels.set_kinds(session, kinds=sources, valid_from=valid_from, note=note, actor=actor, field="sources")
    # Two planners may choose the same day at once: one of them wins, the other gets an error.
    adding = insert(HotspotPolicy).values(row).on_conflict_do_nothing().returning(HotspotPolicy)
    added: HotspotPolicy | None = session.scalar(adding)
    if added is None:
        raise PolicyExistsError(
            "A policy begins on {valid_from} already and is never changed: choose another day.",
            values={"valid_from": valid_from},
            field="valid_from",
        )
    changed = {"thresholds": dict(thresholds), "sources": dict(sources)}
    audit.record(session, actor=actor, action="hotspots.policy", subject=f"policy {valid_from}", note=note, **changed)
    return added


def checked_thresholds(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the thresholds given, or raise PolicyInvalidError naming the first that cannot be."""
    for name, value in given.items():
        field = f"thresholds.{name[:80]}"
        if name == LEVEL:
            levels = sorted({level for found in session.scalars(select(Layer.levels)) for level in found})
            if value not in levels:
                raise PolicyInvalidError(
                    "{level} is the level of a layer: {levels}.",
                    values={"level": LEVEL, "levels": levels or Detail("none yet")},
                    field=field,
                )
            continue
        known = THRESHOLDS.get(name)
        if known is None:
            raise PolicyInvalidError(
                "There is no threshold '{name}'; there are {thresholds}.",
                values={"name": name[:80], "thresholds": [*THRESHOLDS, LEVEL]},
                field=field,
            )
        whole = isinstance(known.low, int)
        number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        if not number or not known.low <= value <= known.high:
            raise PolicyInvalidError(
                (
                    "{name} is a whole number of {low:g} to {high:g}."
                    if whole
                    else "{name} is a number of {low:g} to {high:g}."
                ),
                values={"name": name, "low": known.low, "high": known.high},
                field=field,
            )
    return dict(given)
