"""`attachments`: photos and recordings of reports and cases: hang on, list, save, show to the public, sweep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.printing import JsonOption, Listing

if TYPE_CHECKING:
    from governance.attachments.storage import FileStore
    from governance.attachments.tables import Attachment

app = typer.Typer(
    help="Attachments: photos and recordings of reports and cases.", no_args_is_help=True, rich_markup_mode="rich"
)
Number = Annotated[str, typer.Argument(help="Number of the report or case.")]
Which = Annotated[int, typer.Argument(min=1, help="Number of the attachment.")]


@app.command()
def add(
    number: Number,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Photo or recording.")],
    stage: Annotated[str | None, typer.Option(help="What a photo shows: before or after.")] = None,
    actor: ActorOption = None,
) -> None:
    """Hang a photo or recording on a report and its case; the same file again is there already.

    Example: [bold]wangge attachments add SJ2607000731-4 after.jpg --stage after[/]
    """
    row, is_new = attached(number, file, stage, actor)
    words = "kept" if is_new else "was there already"
    console.print(f"attachment [bold]{row.id}[/] {words}: {row.kind}, {row.sha256.hex()}", highlight=False)


def attached(number: str, file: Path, stage: str | None, actor: str | None) -> tuple[Attachment, bool]:
    """Hang a file on a report and return the attachment, and whether it is new."""
    from governance.attachments import operations, rules
    from governance.attachments.states import SubjectKind
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id, require_known

    shown = rules.checked_stage(stage)
    content = file.read_bytes()
    with database() as opened:
        with opened.transaction() as session:
            subject = (SubjectKind.REPORT, current_id(session, report_id(number)))
            require_known(session, [subject[1]])
        stored = operations.store(_files(), content, sha256=rules.hash_of(content), scanner=_scanner())
        with opened.transaction() as session:
            row, is_new = operations.attach(session, subject, stored, stage=shown, actor=local_actor(session, actor))
            session.expunge(row)
    return row, is_new


def kept_photo(number: str, given: str, actor: str | None) -> str:
    """Return the SHA-256 of a photo that is named, or that is a file and is hung on the case now."""
    file = Path(given)
    return attached(number, file, "after", actor)[0].sha256.hex() if file.is_file() else given


@app.command("list")
def list_(number: Number, as_json: JsonOption = False) -> None:
    """List the photos and recordings of a report and its case.

    Example: [bold]wangge attachments list SJ2607000731-4[/]
    """
    from governance.attachments import queries
    from governance.attachments.states import SubjectKind
    from governance.reports.numbers import report_id
    from governance.reports.queries import current_id

    rows = Listing(
        id="no.", kind="kind", stage="shows", media_type="type", size_bytes="bytes", taken_at="taken",
        received_at="received", sent_by="by", cleared="public",
    )  # fmt: skip
    with database() as opened, opened.snapshot() as session:
        found = queries.of_subject(session, SubjectKind.REPORT, current_id(session, report_id(number)))
        cleared = queries.cleared(session, [one.id for one in found])
    for one in found:
        rows.add(
            one.id, one.kind, one.stage, one.media_type, one.size_bytes, one.taken_at, one.received_at, one.sent_by,
            one.id in cleared,
        )  # fmt: skip
    rows.print(as_json=as_json)


@app.command()
def save(
    attachment: Which,
    output: Annotated[Path, typer.Option(dir_okay=False, help="File to write.")],
    original: Annotated[
        bool, typer.Option("--original", help="As it was sent, with what its camera wrote; it is audited.")
    ] = False,
    actor: ActorOption = None,
) -> None:
    """Write the file of an attachment: of a photo the copy without place and time.

    Example: [bold]wangge attachments save 17 --output photo.jpg[/]
    """
    from governance.attachments import operations, queries
    from governance.attachments.states import AttachmentKind, Copy

    with database() as opened, opened.transaction() as session:
        row = queries.get(session, attachment)
        is_clean = row.kind == AttachmentKind.PHOTO and not original
        if not is_clean:
            operations.audit_read(session, row, actor=local_actor(session, actor))
        content = _files().get(row.folder or "", Copy.CLEAN if is_clean else Copy.ORIGINAL)
    output.write_bytes(content)
    console.print(f"{len(content)} bytes written", highlight=False)


@app.command()
def clear(
    attachment: Which,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="The public may see it no longer.")] = False,
    actor: ActorOption = None,
) -> None:
    """Let the public see a photo on the trace page of its case.

    Example: [bold]wangge attachments clear 17[/]
    """
    from governance.attachments import operations, queries

    with database() as opened, opened.transaction() as session:
        row = queries.get(session, attachment)
        operations.clear(session, row, cleared=not withdraw, actor=local_actor(session, actor))
    words = "is hidden from the public" if withdraw else "is shown to the public"
    console.print(f"attachment [bold]{attachment}[/] {words}", highlight=False)


@app.command()
def sweep() -> None:
    """Delete files of killed uploads, a day old or more, that no attachment names; the worker does so each night.

    Example: [bold]wangge attachments sweep[/]
    """
    from governance.attachments import operations

    with database() as opened:
        gone = operations.sweep(opened, _files())
    console.print(f"{gone} files deleted", highlight=False)


def _files() -> FileStore:
    from core.settings import Settings
    from governance.attachments.storage import FileStore

    return FileStore.from_settings(Settings())


def _scanner() -> str:
    from core.settings import Settings

    return Settings().virus_scanner
