"""Each code that a reason of a place can have has its sentence, whatever makes the code."""

from __future__ import annotations

import re
from pathlib import Path

from geo.address.names import Form, How
from geo.address.tails import RELATION_ACCURACY_M
from geo.address.verdicts import Verdict
from presentation.words.places import CATALOGUE

ROOT = Path(__file__).parents[2]
MADE = re.compile(r'\b(stored_message|ground)\(\s*"([a-z_/-]+)"')
#: Codes whose last part is a value, and codes of sentences that stand there by migrations alone.
BY_VALUE = {
    *(f"address/{verdict}" for verdict in Verdict),
    *(f"ground/read_by/{how.name.lower()}" for how in How if how is not How.WRITTEN),
    *(f"ground/form/{form.name.lower()}" for form in Form if form is not Form.NAME),
    *(f"ground/relation/{relation}" for relation in RELATION_ACCURACY_M),
    *(f"level/{level}" for level in ("district", "street", "community", "grid", "other", "finer")),
    *(f"names/{count}" for count in (1, 2, 3, "more")),
    "as_written", "as_written_in_two", "erased",
}  # fmt: skip


def made() -> set[str]:
    """Return the codes that the code makes, as they stand there."""
    files = [path for floor in ("geo/address", "grids", "governance") for path in (ROOT / floor).rglob("*.py")]
    found = [match for path in files for match in MADE.findall(path.read_text(encoding="utf-8"))]
    return {f"ground/{code}" if maker == "ground" else code for maker, code in found}


def test_each_code_has_its_sentence_and_each_sentence_its_code() -> None:
    codes = made() | BY_VALUE
    assert len(codes) > 60
    sentences = CATALOGUE.sentences("zh").keys()
    assert codes - sentences == set()
    assert {code for code in sentences - codes if not code.startswith("coordinates/")} == set()
