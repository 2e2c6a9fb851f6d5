"""What is a report: one rule for all ways in, which refuses only what contradicts itself or cannot be kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.reports import rules
from presentation.words.details import in_language

NOW = datetime(2026, 7, 1, tzinfo=UTC)
DEFAULTS = rules.IntakeDefaults("12345", "GCJ-02")
ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=2)
COORDINATE = st.none() | st.floats() | st.text(max_size=80) | st.sampled_from(["113.27", "113.27,34.80", "无", "1_0"])
LINE = st.none() | st.text(max_size=140)


def draft(**fields: Any) -> rules.ReportDraft:
    return rules.draft_from({"category": "占道经营"} | fields, DEFAULTS, NOW)


def attempt(fields: dict[str, Any]) -> rules.ReportDraft | rules.DraftFieldError:
    try:
        return rules.draft_from(fields, DEFAULTS, NOW)
    except rules.DraftFieldError as error:
        return error


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "external_id": LINE, "category": LINE, "text": st.text(), "address": LINE, "crs": LINE,
            **dict.fromkeys(("lon", "lat", "x", "y"), COORDINATE),
            "reported_at": st.none() | st.datetimes(timezones=st.just(UTC)),
            **dict.fromkeys(("accuracy_m", "photos", "reporter_name", "reporter_phone"), ANYTHING),
        },
    )
)  # fmt: skip
def test_whatever_is_sent_becomes_a_draft_that_can_be_stored_or_is_refused_by_the_name_of_a_field(
    fields: dict[str, Any],
) -> None:
    made = attempt(fields)
    if isinstance(made, rules.DraftFieldError):
        assert made.field in fields.keys() | {"category", "x"}
        assert str(made.words).startswith(f"{made.field}: ")
        return
    for text in (made.category, made.description, made.address_text or "", made.external_id or "", made.crs):
        text.encode()
        assert "\0" not in text
    assert made.category.strip()
    assert len(rules.content_digest(made)) == 32


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"lon": 113.27, "lat": 34.8, "x": 434000.0, "y": 3852000.0}, "x"),
        ({"lon": "113.27", "y": "3852000"}, "x"),
        ({"category": " \u3000"}, "category"),
        ({"category": None}, "category"),
        ({"text": "长" * 4001}, "text"),
        ({"address": "a\nb"}, "address"),
        ({"text": "a\0b"}, "text"),
        ({"text": "a\ud800b"}, "text"),
        ({"reported_at": NOW + timedelta(minutes=11)}, "reported_at"),
        ({"reported_at": datetime(1969, 12, 31, tzinfo=UTC)}, "reported_at"),
    ],
)
def test_a_field_that_contradicts_or_cannot_be_kept_is_named_in_both_languages(
    fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(rules.DraftFieldError) as refused:
        draft(**fields)
    assert refused.value.field == field
    assert str(refused.value.words).startswith(f"{field}: ")
    chinese = in_language(refused.value.words, "zh")
    assert "：" in chinese
    assert field not in chinese


@pytest.mark.parametrize(
    ("fields", "point"),
    [
        ({"lon": 113.27, "lat": 34.8}, (113.27, 34.8)),
        ({"lon": "113.27,34.80"}, (113.27, 34.8)),
        ({"lon": "东经113°16′12″", "lat": "３４．８"}, (113.27, 34.8)),
        ({"lon": "无", "lat": "-", "x": 434000.0, "y": "3852000"}, (434000.0, 3852000.0)),
        ({"lon": "1_0", "lat": 34.8}, ("1_0", 34.8)),
        ({"lon": "不详"}, ("不详", None)),
        ({}, (None, None)),
    ],
)
def test_coordinates_are_read_alike_whoever_sends_them(fields: dict[str, Any], point: tuple[object, object]) -> None:
    made = draft(**fields)
    assert (made.x, made.y) == (pytest.approx(point[0]) if isinstance(point[0], float) else point[0], point[1])


def test_what_a_report_does_not_say_is_what_its_sender_said_beforehand() -> None:
    made = rules.draft_from({}, rules.IntakeDefaults("110", "WGS84", "其他"), NOW)
    assert (made.channel, made.crs, made.category, made.reported_at) == ("110", "WGS84", "其他", None)
    assert draft(category="占道經營　", crs="").crs == "GCJ-02"
    assert draft(category="占道經營　").category == "占道经营"
