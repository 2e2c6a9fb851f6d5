"""The sample reports on their way through the API: one key a channel, batches, and what became of each report."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

import httpx2
from sqlalchemy import select

from cli.demo.categories import CHANNELS, Channel
from cli.demo.importing import demo_actor
from core.errors import DomainError, Kind
from governance.channels.operations import bind_key
from identity.grants import ROLES
from identity.keys import ApiClient, create_key, hash_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from cli.demo.reports import SampleReport
    from core.db import Database

BATCH = 500
PILE = 50  # more reports than this on one and the same point come from a geocoder, not from people
PATIENCE_S = 60.0
PLANNER = "planner"
QUICK_NOTES = "quick-notes"
PEOPLE = (PLANNER, "dispatcher", "street-staff", "verifier", "gis-editor", "gis-approver")
"""Roles that get a key each: the planner reads, the others let one try triage, cases and the boundary desk."""


Piles = dict[tuple[float, float] | None, tuple[float, float]]


class IntakeRefusedError(DomainError):
    """The API did not take the sample reports."""

    code = "demo-intake-refused"
    kind = Kind.INVALID


@dataclass
class Outcome:
    """What the API answered, counted."""

    stored: int = 0
    replayed: int = 0
    refused: int = 0
    methods: dict[str, Counter[str]] = field(default_factory=dict)
    grids: Counter[tuple[str, str]] = field(default_factory=Counter)
    piled_up: Counter[tuple[float, float]] = field(default_factory=Counter)

    @property
    def reports(self) -> int:
        """All that was sent."""
        return self.stored + self.replayed + self.refused

    def add(self, channel: Channel, batch: Sequence[SampleReport], answer: dict[str, Any], piles: Piles) -> None:
        """Count one batch's answer; reports piled up on one point say nothing about a grid."""
        self.stored += answer["stored"]
        self.replayed += answer["replayed"]
        self.refused += answer["refused"]
        methods = self.methods.setdefault(channel.code, Counter())
        for report, row in zip(batch, answer["results"], strict=True):
            receipt = row.get("report")
            if receipt is None:
                methods["refused"] += 1
                continue
            methods[receipt["method"]] += 1
            if report.sent_point in piles:
                self.piled_up[piles[report.sent_point]] += 1
            elif receipt["areas"]:
                finest = receipt["areas"][-1]
                self.grids[finest["code"], finest["name"]] += 1


def body(report: SampleReport) -> dict[str, Any]:
    """Return a report as `POST /v1/reports` takes it; the datum is the key's."""
    sent: dict[str, Any] = {
        "external_id": report.external_id,
        "category": report.category,
        "text": report.text,
        "reported_at": report.reported_at.isoformat(),
    }
    if report.sent_point is not None:
        sent["lon"], sent["lat"] = report.sent_point
    if report.address is not None:
        sent["address"] = report.address
    if report.accuracy_m is not None:
        sent["accuracy_m"] = report.accuracy_m
    if report.caller is not None:
        sent["reporter"] = {"phone": report.caller}
    if report.channel.photos:
        sent["photos"] = [f"https://photos.example/{report.external_id}.jpg"]
    return sent


def keys(database: Database, path: Path) -> dict[str, str]:
    """Return the demonstration's keys, one a channel and one a role; those of an earlier run are used again."""
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    wanted: dict[str, tuple[str, str | None, str]] = {
        channel.code: ("intake", channel.code, channel.crs) for channel in CHANNELS
    }
    wanted |= {role: (role, None, "WGS84") for role in PEOPLE}
    wanted[QUICK_NOTES] = ("intake", QUICK_NOTES, "WGS84")
    kept = {}
    with database.transaction() as session:
        actor = demo_actor(session)
        names = set(session.scalars(select(ApiClient.name)))
        alive = set(session.scalars(select(ApiClient.key_sha256).where(ApiClient.withdrawn_at.is_(None))))
        for code, (role, channel, crs) in wanted.items():
            if code in known and hash_key(known[code]) in alive:
                kept[code] = known[code]
                continue
            name = next(name for name in _names(code) if name not in names)
            kept[code] = create_key(session, name=name, scopes=ROLES[role], actor=actor)
            if channel is not None:
                bind_key(session, key=name, channel=channel, crs=crs, actor=actor)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(kept), encoding="utf-8")
    return kept


def _names(code: str) -> Iterable[str]:
    yield f"demo-{code}"
    number = 2
    while True:
        yield f"demo-{code}-{number}"
        number += 1


def _piles(reports: Sequence[SampleReport]) -> Piles:
    """Find points sent again and again, as sent, and where on earth they are."""
    counts = Counter(report.sent_point for report in reports)
    where = {report.sent_point: report for report in reports}
    return {
        point: (round(where[point].lon, 5), round(where[point].lat, 5))
        for point, count in counts.items()
        if point is not None and count > PILE
    }


def wait_until_boundaries_count(base: str, *, lon: float, lat: float) -> None:
    """Wait until the application answers from the boundaries just published; a report is placed once and for all.

    Raises
    ------
    IntakeRefusedError
        When it does not within `PATIENCE_S`.
    """
    end = time.monotonic() + PATIENCE_S
    answer: dict[str, Any] = {}
    with httpx2.Client(base_url=base, timeout=30) as client:
        while time.monotonic() < end:
            response = client.get("/v1/assignments", params={"lon": lon, "lat": lat})
            answer = response.json()
            if response.is_success and answer["method"] != "unassigned":
                return
            time.sleep(0.2)
    raise IntakeRefusedError(
        "The application has not taken up the boundaries; it answers {answer}", values={"answer": str(answer)[:300]}
    )


def require_success(response: httpx2.Response, name: str) -> None:
    """Make sure that the API did what it was asked.

    Raises
    ------
    IntakeRefusedError
    """
    if not response.is_success:
        raise IntakeRefusedError(
            "{name}: {status_code} {text}",
            values={"name": name, "status_code": response.status_code, "text": response.text[:500]},
        )


def send(
    reports: Sequence[SampleReport], *, base: str, keys: dict[str, str], progress: Callable[[Channel, int], None]
) -> Outcome:
    """Send every report through the API, channel by channel.

    Raises
    ------
    IntakeRefusedError
        When the API refuses a batch as a whole.
    """
    outcome = Outcome()
    piles = _piles(reports)
    by_channel = sorted(reports, key=lambda report: (report.channel.code, report.reported_at, report.external_id))
    with httpx2.Client(base_url=base, timeout=120) as client:
        for _, group in groupby(by_channel, key=lambda report: report.channel.code):
            batchable = list(group)
            channel = batchable[0].channel
            for start in range(0, len(batchable), BATCH):
                batch = batchable[start : start + BATCH]
                response = client.post(
                    "/v1/reports/batch",
                    json={"reports": [body(report) for report in batch]},
                    headers={"X-API-Key": keys[channel.code]},
                )
                require_success(response, channel.name)
                outcome.add(channel, batch, response.json(), piles)
                progress(channel, len(batch))
    return outcome
