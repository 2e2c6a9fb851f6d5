"""Pure: indicators as JSON, as they are stored, sent over HTTP and written in files (data/assessment)."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, WithJsonSchema

from governance.assessment.indicators import (
    MOST_DECIMALS,
    MOST_POINTS,
    Formula,
    IndicatorInvalidError,
    Points,
    Rule,
)
from governance.assessment.states import Better, Counted, Mark, Scoring

Amount = Annotated[
    Decimal,
    Field(ge=-MOST_POINTS, le=MOST_POINTS, max_digits=12, decimal_places=6),
    # A number is taken as well; what is answered is text, so that no digit changes.
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]{1,6}(\.[0-9]{1,6})?$", "examples": ["10"]}),
]
Marks = Annotated[list[Mark], Field(max_length=len(Mark))]


class PointsJson(BaseModel):
    """How points follow from a rate."""

    model_config = ConfigDict(extra="forbid")

    scoring: Scoring = Scoring.PROPORTIONAL
    full: Amount = Decimal(10)
    full_rate: Amount = Decimal(1)
    each: Amount = Decimal(0)
    least: Amount = Decimal(0)


class RuleJson(BaseModel):
    """What an indicator counts, and how it is scored."""

    model_config = ConfigDict(extra="forbid")

    counted: Counted
    numerator: Marks = Field(description="What is counted as good (or bad, where lower is better) has all of these.")
    among: Marks = Field(default_factory=list, description="Only what has all of these is looked at.")
    excluded: Marks = Field(default_factory=list, description="What has any of these is left out, and listed.")
    points: PointsJson = PointsJson()
    better: Better = Better.HIGHER
    decimals: int = Field(default=2, ge=0, le=MOST_DECIMALS)
    least_n: int = Field(default=20, ge=1, le=1_000_000, description="Those with fewer are shown, and not ranked.")

    def rule(self) -> Rule:
        """Return the rule that this states."""
        points = self.points
        return Rule(
            Formula(self.counted, frozenset(self.numerator), frozenset(self.among), frozenset(self.excluded)),
            Points(points.scoring, points.full, points.full_rate, points.each, points.least),
            self.better, self.decimals, self.least_n,
        )  # fmt: skip


class IndicatorJson(BaseModel):
    """A version of an indicator, as it is stated."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{1,59}$", description="The same for all versions.")
    name: str = Field(min_length=1, max_length=60)
    source: str = Field(min_length=1, max_length=500, description="The file or decision that states it.")
    valid_from: date = Field(description="The first day of the periods for which it counts.")
    valid_until: date | None = Field(default=None, description="The day behind the last; open if left out.")
    rule: RuleJson


_FILE: Final = TypeAdapter(list[IndicatorJson])


def read_indicators(content: bytes) -> list[IndicatorJson]:
    """Read a file of indicators.

    Raises
    ------
    IndicatorInvalidError
        That names the first place that is not as it should be.
    """
    try:
        return _FILE.validate_python(json.loads(content))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise IndicatorInvalidError(
            "At '{place}' of the file: {what}.", values={"place": place, "what": first["msg"]}, field=place
        ) from None
    except ValueError:
        raise IndicatorInvalidError("The file is no JSON: write a list of indicators.", field="file") from None


def rule_of(stored: object) -> Rule:
    """Return a rule from JSON that `as_json` made."""
    return RuleJson.model_validate(stored).rule()


def as_json(rule: RuleJson) -> dict[str, object]:
    """Return a rule as JSON to be stored: marks in order, numbers of points as text so that no digit changes."""
    stored: dict[str, object] = rule.model_dump(mode="json")
    for name in ("numerator", "among", "excluded"):
        stored[name] = sorted(set(getattr(rule, name)))
    return stored
