"""Samples for back-checking: drawn by the digest of frozen results, shared by units, followed to what was found."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core import clock
from governance.assessment import operations
from governance.assessment.samples import rules
from identity.grants import Grant
from tests.factories.cases import shared_office
from tests.factories.identity import stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories.cases import SharedOffice

STANDARD = orjson.loads((Path(__file__).resolve().parents[3] / "data" / "assessment" / "standard.json").read_bytes())
ROOT = "/v1/assessment"
BACK = 5


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    """Yield an office that closed four cases some days ago, and left one open."""
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        first, second = (opened.member(name, None, Grant("supervisor")) for name in ("刘洋", "陈静"))
        stated = opened.ask("POST", f"{ROOT}/indicators", json={"items": STANDARD}, by=first, status=201)["items"]
        for one in stated:
            opened.ask("POST", f"{ROOT}/indicators/{one['number']}/decision", json={"action": "confirm"}, by=second)
        with pytest.MonkeyPatch.context() as patch:
            then = clock.now() - timedelta(days=BACK)
            patch.setattr(clock, "now", lambda: then)
            for place in range(5):
                number = opened.case("accept", "file")
                opened.act(number, "dispatch", unit_code="street", reason="r")
                for verb in ("acknowledge", "handle", "verify", "close")[: 4 if place else 2]:
                    opened.act(number, verb)
        yield opened


@pytest.fixture(scope="module")
def run(office: SharedOffice) -> int:
    day = clock.now().astimezone(clock.LOCAL).date() - timedelta(days=BACK)
    with office.database.transaction() as session:
        return operations.compute(session, day, day + timedelta(days=1), actor=stored(session, "一")).id


def test_a_sample_is_drawn_of_closed_cases_of_frozen_results_and_followed_to_what_was_found(
    office: SharedOffice, run: int
) -> None:
    path = f"{ROOT}/results/{run}/samples"
    office.ask("POST", path, json={"size": 3}, status=409)
    with office.database.transaction() as session:
        digest = operations.freeze(session, run, actor=stored(session, "二")).digest
    drawn = office.ask("POST", path, json={"size": 3}, status=201)
    assert (drawn["seed"], len(drawn["items"]), drawn["checked"]) == (f"{digest}/1", 3, 0)
    assert len(office.ask("POST", path, json={"size": 99}, status=201)["items"]) == 4
    first, second, _ = (one["number"] for one in drawn["items"])
    office.act(first, "back_check")
    office.act(second, "back_check")
    office.act(second, "reopen")
    found = office.ask("GET", f"{ROOT}/samples/{drawn['sample']}")
    assert (found["checked"], found["reopened"]) == (2, 1)
    office.ask("GET", f"{ROOT}/samples/999", status=404)
    with pytest.raises(IntegrityError), office.database.transaction() as session:
        session.execute(text("UPDATE assessment_sample SET seed = 'x'"))


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 40), min_size=1), st.integers(1, 60), st.text())
def test_who_knows_seed_and_cases_draws_the_same_and_each_unit_has_its_share(
    counts: dict[str, int], size: int, seed: str
) -> None:
    cases, start = {}, 1
    for unit, count in counts.items():
        cases[unit] = list(range(start, start + count))
        start += count
    drawn = rules.draw(cases, size, seed)
    total = sum(counts.values())
    assert drawn == rules.draw({unit: cases[unit][::-1] for unit in reversed(cases)}, size, seed)
    assert len(drawn) == len(set(drawn)) == min(size, total)
    for of_unit in cases.values():
        exact = min(size, total) * len(of_unit) / total
        assert abs(len(set(drawn) & set(of_unit)) - exact) < 1
        left = [rules.place(seed, case) for case in of_unit if case not in drawn]
        taken = [rules.place(seed, case) for case in of_unit if case in drawn]
        assert max(taken, default="") < min(left, default="g")
