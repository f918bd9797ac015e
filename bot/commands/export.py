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
    """Write the answers to FLOW into a file: one row an interview, one column a question."""
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
    library = Library()
    with opened() as database:
        with database.reading() as session:
            table = exports.table_of(session, flow, library)
        if table is None:
            fail(f"No flow “{flow}” was ever published. Name one of: testimony flows list")
        counted = _Counted(exports.rows(database, table, wanted, library))
        _write(output, tables.csv_lines(table.header, counted))
        with database.writing() as session:
            audit.record(
                session, utc_now(), "export", f"flow:{flow}", rows=counted.count, format=form
            )
    click.echo(f"{output}: {counted.count} interview{'' if counted.count == 1 else 's'}.")


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
