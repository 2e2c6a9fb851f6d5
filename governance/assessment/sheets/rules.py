"""Pure: items and scores as they are stored, what points follow from a count, and why a sheet is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from core.errors import DomainError, Kind
from governance.assessment.indicators import rounded
from governance.assessment.sheets.states import ItemCount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DECIMALS: Final = 2
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1F\x7F]+$", max_length=200)]


class SheetNotFoundError(DomainError):
    """There is no such sheet or form, or none that you may see yet."""

    code = "assessment-sheet-not-found"
    kind = Kind.NOT_FOUND


class SheetStateError(DomainError):
    """The sheet or form is not at a point at which that can be done; the detail names it."""

    code = "assessment-sheet-state"
    kind = Kind.CONFLICT


class SheetInvalidError(DomainError):
    """What was sent for a sheet or form is not valid; the detail names the item."""

    code = "assessment-sheet-invalid"
    kind = Kind.INVALID


class SheetSecondPersonError(DomainError):
    """Who scored a sheet, or proposed a form, cannot confirm it: a second person has to."""

    code = "assessment-sheet-second-person"
    kind = Kind.FORBIDDEN


class ItemJson(BaseModel):
    """An item of a form: what is looked at, the most it gives, and what it is counted from (null: a person scores)."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    title: Line
    most: Decimal = Field(gt=0, le=1000, max_digits=8, decimal_places=2)
    counts: ItemCount | None = None


class ScoreIn(BaseModel):
    """What a person gives for an item, why, and by what that is shown: a document, a task, a place, a picture."""

    model_config = ConfigDict(extra="forbid")

    item: Code
    points: Decimal = Field(ge=0, le=1000, max_digits=8, decimal_places=2)
    words: Line
    evidence: list[Line] = Field(min_length=1, max_length=20)


class ScoreJson(BaseModel):
    """What an item got: by a person with words and evidence, or by a count with numerator and denominator."""

    model_config = ConfigDict(extra="forbid")

    item: str
    points: Decimal | None = Field(description="Null where nothing was to be counted: the item is left out.")
    words: str | None = None
    evidence: list[str] = []
    numerator: int | None = None
    denominator: int | None = None


def require_items(items: Sequence[ItemJson]) -> None:
    """Make sure that a form has items, each once.

    Raises
    ------
    SheetInvalidError
    """
    codes = [one.code for one in items]
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice is not None:
        raise SheetInvalidError("Item '{code}' stands there twice.", values={"code": twice}, field="items")


def scored(
    items: Sequence[ItemJson], given: Sequence[ScoreIn], counted: Mapping[ItemCount, tuple[int, int]]
) -> list[ScoreJson]:
    """Return what each item got, in the form's order.

    Raises
    ------
    SheetInvalidError
        When an item that a person scores is missing, or one is given that is counted, unknown, or beyond its most.
    """
    by_code = {one.item: one for one in given}
    own = {one.code for one in items if one.counts is None}
    if wrong := sorted(by_code.keys() - own):
        raise SheetInvalidError(
            "No person scores {items}: counted, or not on the form.", values={"items": wrong}, field="scores"
        )
    if missing := sorted(own - by_code.keys()):
        raise SheetInvalidError("Give points for {items} too.", values={"items": missing}, field="scores")
    found = []
    for one in items:
        if one.counts is not None:
            numerator, denominator = counted[one.counts]
            points = rounded(Fraction(one.most) * Fraction(numerator, denominator), DECIMALS) if denominator else None
            found.append(ScoreJson(item=one.code, points=points, numerator=numerator, denominator=denominator))
            continue
        score = by_code[one.code]
        if score.points > one.most:
            raise SheetInvalidError(
                "Item '{item}' gives {most} at most.", values={"item": one.code, "most": one.most}, field="scores"
            )
        found.append(ScoreJson(item=one.code, points=score.points, words=score.words, evidence=score.evidence))
    return found


def sums(items: Sequence[ItemJson], scores: Sequence[ScoreJson]) -> tuple[Decimal, Decimal]:
    """Return the points of a sheet, and the most that the items that were scored give."""
    most = {one.code: one.most for one in items}
    got = [one for one in scores if one.points is not None]
    return sum((one.points or Decimal(0) for one in got), Decimal(0)), sum((most[one.item] for one in got), Decimal(0))
