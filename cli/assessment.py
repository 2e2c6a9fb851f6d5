"""`assessment`: state indicators, compute, freeze and publish the results of a period, compare and verify them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.assessment_files import add_to
from cli.cluster import console
from cli.context import database
from cli.printing import JsonOption, Listing
from governance.assessment.states import Grouping, IndicatorAction

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from governance.assessment.tables import AssessmentRun

app = typer.Typer(
    help="Assessment: indicators, and the results of periods with the cases behind every number.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
add_to(app)
Number = Annotated[int, typer.Argument(min=1, help="Number of the results.")]
GroupingOption = Annotated[Grouping, typer.Option(help="Among whom.")]


@app.command()
def indicators(as_json: JsonOption = False) -> None:
    """List the versions of indicators with what they count.

    Example: [bold]wangge assessment indicators[/]
    """
    from governance.assessment import queries

    rows = Listing(
        number="no.", code="code", version="version", name="name", state="state", valid_from="from",
        valid_until="until", counted="counts", stated_by="stated by", decided_by="decided by",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in queries.indicators(session):
            rows.add(
                one.id, one.code, one.version, one.name, one.state, one.valid_from, one.valid_until,
                one.rule["counted"], one.stated_by, one.decided_by,
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def propose(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON with a list of indicators.")],
    actor: ActorOption = None,
) -> None:
    """Propose the indicators of a file; each counts once a second person confirms it.

    Example: [bold]wangge assessment propose data/assessment/standard.json --actor 刘洋[/]
    """
    from governance.assessment import operations
    from governance.assessment.rule_files import read_indicators

    given = read_indicators(file.read_bytes())
    with database() as opened, opened.transaction() as session:
        for row in operations.propose_indicators(session, given, actor=local_actor(session, actor)):
            console.print(f"{row.id}: {row.code} {row.version} proposed", highlight=False)


@app.command()
def decide(
    action: Annotated[IndicatorAction, typer.Argument(help="confirm or refuse.")],
    numbers: Annotated[list[int], typer.Argument(min=1, help="Numbers of the proposed versions.")],
    actor: ActorOption = None,
) -> None:
    """Confirm or refuse proposed versions of indicators, as a second person.

    Example: [bold]wangge assessment decide confirm 1 2 3 --actor 陈静[/]
    """
    from governance.assessment import operations

    with database() as opened, opened.transaction() as session:
        by = local_actor(session, actor)
        for number in numbers:
            row = operations.decide_indicator(session, number, action, actor=by)
            console.print(f"{row.id}: {row.code} {row.version} {row.state}", highlight=False)


@app.command()
def compute(
    period: Annotated[str, typer.Argument(help="A month (2026-06) or a day (2026-06-30): its first day.")],
    until: Annotated[str | None, typer.Option(help="The day behind the last; else the month or day alone.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why, where results of these days are frozen.")] = None,
    actor: ActorOption = None,
) -> None:
    """Compute the results of a period, as the histories of cases stand now.

    Example: [bold]wangge assessment compute 2026-06[/]
    """
    from governance.assessment import operations

    first_day, until_day = _days(period, until)
    with database() as opened, opened.transaction() as session:
        run = operations.compute(
            session, first_day, until_day, actor=local_actor(session, actor), reason=reason
        )  # fmt: skip
        console.print(f"results {run.id}: {run.cases} cases, version {run.version}, {run.state}", highlight=False)


@app.command()
def freeze(number: Number, actor: ActorOption = None) -> None:
    """Freeze results, as a second person: nothing in them changes any more.

    Example: [bold]wangge assessment freeze 1 --actor 陈静[/]
    """
    from governance.assessment import operations

    with database() as opened, opened.transaction() as session:
        run = operations.freeze(session, number, actor=local_actor(session, actor))
        console.print(f"results {run.id} frozen, digest {run.digest}", highlight=False)


@app.command()
def publish(number: Number, actor: ActorOption = None) -> None:
    """Publish frozen results: who reads cases sees them from now on.

    Example: [bold]wangge assessment publish 1[/]
    """
    from governance.assessment import operations

    with database() as opened, opened.transaction() as session:
        operations.publish(session, number, actor=local_actor(session, actor))
    console.print(f"results {number} published", highlight=False)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the results of periods, the latest first.

    Example: [bold]wangge assessment list[/]
    """
    from governance.assessment import queries

    rows = Listing(
        number="no.", first_day="from", until_day="until", version="version", state="state", cut_at="as of",
        cases="cases", computed_by="computed by", frozen_by="frozen by",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        for one in queries.runs(session, sees_all=True, limit=1000):
            rows.add(
                one.id, one.first_day, one.until_day, one.version, one.state, one.cut_at, one.cases, one.computed_by,
                one.frozen_by,
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def show(number: Number, by: GroupingOption = Grouping.DISTRICT, as_json: JsonOption = False) -> None:
    """Show what indicators came to: numerator and denominator beside each rate.

    Example: [bold]wangge assessment show 1 --by unit[/]
    """
    from governance.assessment import queries

    rows = Listing(
        name="indicator", subject="of", numerator="numerator", denominator="denominator", excluded="excluded",
        percent="percent", points="points",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        run = _run(session, number)
        names = {one.id: one.name for one in queries.indicators_for(session, run.first_day, run.cut_at)}
        for one in queries.values_of(session, run.id, grouping=by):
            rows.add(
                names[one.indicator_id], one.subject, one.numerator, one.denominator, one.excluded,
                _shown(one.percent), _shown(one.points),
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def compare(
    number: Number,
    indicator: Annotated[str, typer.Argument(help="Code of an indicator.")],
    by: GroupingOption = Grouping.UNIT,
    depth: Annotated[int, typer.Option(min=1, max=9, help="Of areas: 1 the coarsest.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Compare units with what chance alone would give: limits of the numerator, ranks, expected numbers.

    Example: [bold]wangge assessment compare 1 handling_in_time[/]
    """
    from governance.assessment import comparison_queries, queries
    from governance.assessment.rule_files import rule_of

    rows = Listing(
        subject="of", numerator="numerator", denominator="denominator", expected="expected", lower="chance from",
        upper="chance to", rank="rank", ranks="chance ranks",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        run = _run(session, number)
        rule = rule_of(queries.indicator_of(session, run, indicator).rule)
        for one in comparison_queries.compare(session, run.id, rule, by, depth=depth).items:
            ranks = one.ranks
            rows.add(
                one.subject, one.counts.numerator, one.counts.denominator, round(one.expected, 1), one.warning.lower,
                one.warning.upper, None if ranks is None else ranks.rank,
                None if ranks is None else f"{ranks.lower}-{ranks.upper}",
            )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def verify(number: Number) -> None:
    """Compute results again from the histories they saw, and compare every case, value and the digest.

    The exit code is 1 where anything differs.

    Example: [bold]wangge assessment verify 1[/]
    """
    from governance.assessment.verifying import verify as compare_again

    with database() as opened, opened.snapshot() as session:
        found = compare_again(session, _run(session, number))
    console.print(f"{found.cases} cases and {found.values} values compared", highlight=False)
    for case in found.cases_differing:
        console.print(f"case {case} differs", highlight=False)
    for indicator, grouping, subject in found.values_differing:
        console.print(f"indicator {indicator} of {grouping} '{subject}' differs", highlight=False)
    if found.histories_gone:
        console.print(f"{found.histories_gone} cases have no history any more", highlight=False)
    if found.digest_holds is False:
        console.print("the digest differs from the one that was frozen", highlight=False)
    if not found.holds:
        raise typer.Exit(1)
    console.print("everything is as it was counted", highlight=False)


def _run(session: Session, number: int) -> AssessmentRun:
    from governance.assessment import queries

    return queries.visible_run(session, number, sees_all=True)


def _shown(value: object) -> str | None:
    return None if value is None else str(value)


def _days(period: str, until: str | None) -> tuple[date, date]:
    from governance.assessment.rules import days_of

    return days_of(period, until)
