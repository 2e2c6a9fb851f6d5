"""Which words of an unplaced text are proposed as the name of a place."""

from __future__ import annotations

import pytest
import shapely

from geo.address.index import LocatingIndex
from geo.address.locating import locate
from geo.address.rows import GazetteerRows, RoadRow
from governance.triage.rules import proposed_wording

INDEX = LocatingIndex(
    GazetteerRows(
        roads=[
            RoadRow("新乡路", shapely.LineString([(113.28, 34.79), (113.28, 34.81)])),
            RoadRow("孟津路", shapely.LineString([(113.27, 34.80), (113.29, 34.80)])),
        ]
    )
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("大转盘旁边", "大转盘"),
        ("我在老粮店对面", "老粮店"),
        ("孟津路老电影院门口", "老电影院"),
        ("新乡路与孟津路交叉口", None),
        ("新乡路", None),
        ("", None),
    ],
)
def test_the_unknown_words_are_proposed(text: str, words: str | None) -> None:
    assert proposed_wording(locate(text, INDEX)) == words
