"""Answers to address texts as plain values: what the API, triage and the command line show of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from grids.gazetteer.reasons import address_reason, ground_messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.words import StoredMessage
    from geo.address.locating import AddressCandidate
    from grids.gazetteer.operations import Answer


def candidate_out(candidate: AddressCandidate, words: Callable[[StoredMessage], str]) -> dict[str, Any]:
    """Return a candidate as plain values: degrees at 7 decimals, accuracy in metres, a stretch of road as GeoJSON.

    `words` returns the sentence of a reason.
    """
    return {
        "lon": round(candidate.lon, 7),
        "lat": round(candidate.lat, 7),
        "accuracy_m": round(candidate.accuracy_m, 1),
        "score": round(candidate.score, 3),
        "share": round(candidate.share, 3),
        "kind": candidate.kind,
        "label": candidate.label,
        "reasons": [words(reason) for reason in ground_messages(candidate.reasons)],
        "line": None
        if candidate.line is None
        else shapely.geometry.mapping(shapely.set_precision(candidate.line, 1e-7)),
    }


def located_out(
    answer: Answer,
    words: Callable[[StoredMessage], str],
    reason_answer: Callable[[StoredMessage], dict[str, Any]],
    *,
    text_id: str | None = None,
) -> dict[str, Any]:
    """Return an answer as plain values; `text_id` is the sender's own name of the text.

    `words` returns the sentence of a reason, `reason_answer` the members that state the reason of the verdict.
    """
    located = answer.located
    return {
        "id": text_id,
        "address": located.text,
        "verdict": located.verdict.value,
        **reason_answer(address_reason(located)),
        "candidates": [candidate_out(candidate, words) for candidate in located.candidates],
        "words": [
            {"said": w.said, "used_for": w.used_for, "start": w.start, "end": w.end, "read_as": w.read_as or None}
            for w in located.words()
        ],
        "gazetteer": answer.releases,
    }
