"""Answers into a file: whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.commands import WRONG_USE, fail, opened
from bot.services import utc_now
from flows import Status
from storage import audit, exports, tables
from storage.db import Database
from storage.library import Library
from storage.testimonies import Filter, whole_days


@click.command()
@click.argument("flow")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "form", type=click.Choice(["csv"]), default="csv", show_default=True)
@click.option("--status", type=click.Choice([status.value for status in Status]))
@click.option("--language")
@click.option("--channel", type=click.Choice(["sms", "telegram", "web"]))
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="Started on this day or later (UTC)."
)
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="Started on this day or earlier (UTC)."
)
def export(
    flow: str,
    output: Path,
    form: str,
    status: str | None,
    language: str | None,
    channel: str | None,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Write the answers to FLOW into a file: one row an interview, one column a question.

    The times of a repeat go into a file of their own beside it, named after the repeat: one row a time.
    """
    if not output.absolute().parent.is_dir():
        fail(f"There is no folder {output.absolute().parent}.", WRONG_USE)
    first, beyond = whole_days(*(day and day.replace(tzinfo=UTC) for day in (since, until)))
    wanted = Filter(
        flow=flow,
        status=status,
        language=language,
        channel=channel,
        since=first,
        until=beyond,
    )
    with opened() as database:
        for line in _exported(database, wanted, output, form):
            click.echo(line)


def _exported(database: Database, wanted: Filter, output: Path, form: str) -> Iterator[str]:
    """Write the table of interviews, and those of the repeats beside it; yields what to say of each."""
    library, flow = Library(), wanted.flow or ""
    with database.reading() as session:
        found = exports.tables_of(session, flow, library)
    if not found:
        fail(f"No flow “{flow}” was ever published. Name one of: testimony flows list")
    interviews = _Counted(exports.rows(database, found[0], wanted, library))
    _write(output, tables.csv_lines(found[0].header, interviews))
    yield f"{output}: {interviews.count} interview{'' if interviews.count == 1 else 's'}."
    for table in found[1:]:
        beside = _beside(output, table.repeat)
        times = _Counted(exports.rows(database, table, wanted, library))
        _write(beside, tables.csv_lines(table.header, times))
        yield f"{beside}: {times.count} of {table.repeat}."
    with database.writing() as session:
        subject = f"flow:{flow}"
        audit.record(session, utc_now(), "export", subject, rows=interviews.count, format=form)


def _beside(path: Path, repeat: str) -> Path:
    """The file of a repeat's table: out.csv has out-incidents.csv beside it."""
    return path.with_name(f"{path.stem}-{repeat}{path.suffix}")


class _Counted:
    def __init__(self, rows: Iterator[dict[str, exports.Cell]]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[dict[str, exports.Cell]]:
        for row in self._rows:
            self.count += 1
            yield row


def _write(path: Path, lines: Iterator[str]) -> None:
    """Write beside the file and put it in place when it is whole; it is its owner's alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
    finally:
        with suppress(OSError):
            draft.unlink()
