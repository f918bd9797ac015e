"""Answers into a file: whole, or not at all, and written down with its digest."""

import sys
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from bot.commands import WRONG_USE, fail, opened, settings
from bot.commands.placing import placed
from bot.services import utc_now
from bot.settings import Settings
from flows import FlowErrors, Status
from flows.language.shape import SCOPES
from flows.phrases import SHIPPED
from flows.talking.channels import UNADDRESSED
from storage.db import Database
from storage.exports import Order, UnknownLanguage, take
from storage.exports.extract import Extract
from storage.exports.formats import FORMATS, Unfit, guessed, write
from storage.exports.noting import note
from storage.exports.register import COMMAND, Wish
from storage.exports.single import steps
from storage.exports.whole import CannotWrite, Written, drafts
from storage.files import open_store
from storage.library import Library
from storage.testimonies import Filter, whole_days

CHANNELS = ["sms", "telegram", *UNADDRESSED]
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("flow")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), help="Default: by the file's ending."
)
@click.option("--labels", is_flag=True, help="Labels and questions in place of codes and ids.")
@click.option("--language", help="Of the labels. Without labels the same as --language-of.")
@click.option("--status", type=click.Choice([status.value for status in Status]))
@click.option("--language-of", help="Only interviews in this language.")
@click.option("--channel", type=click.Choice(CHANNELS))
@click.option("--since", type=DAY, help="Started on this day or later (UTC).")
@click.option("--until", type=DAY, help="Started on this day or earlier (UTC).")
@click.option(
    "--scope", type=click.Choice(SCOPES), help="Words only of those who agree to this now."
)
@click.option(
    "--identified", is_flag=True, help="With telephones, e-mail and sensitive answers; says why."
)
@click.option("--behind", is_flag=True, help="With --identified: masked words in clear as well.")
@click.option(
    "--translation", type=click.Choice(SHIPPED), help="Words also as staff translated them."
)
@click.option("--exact", is_flag=True, help="With places finer than a kilometre; says why.")
@click.option("--with-codes", is_flag=True, help="With themes, groups and assessment as columns.")
@click.option("--reason", default="", help="Why, for --identified and --exact; it is written down.")
def export(flow: str, output: Path, form: str | None, reason: str, **asked: Any) -> None:
    """Write the answers to FLOW into a file: one row an interview, one column a question.

    As CSV, the times of a repeat go into a file of their own beside it, named after the repeat: one row a time. What
    identifies people is left out unless it is asked for with a reason.
    """
    placed(output)
    form = form or guessed(output)
    if form is None:
        fail(f"What should {output.name} be? Say so with --format {'|'.join(FORMATS)}.", WRONG_USE)
    if (asked["identified"] or asked["exact"]) and not reason.strip():
        fail('--identified and --exact need a reason: --reason "why".', WRONG_USE)
    if asked["behind"] and not asked["identified"]:
        fail("--behind goes with --identified: masked words tell who somebody is.", WRONG_USE)
    order = _order(flow, labelled=asked["labels"] or FORMATS[form].labelled, **asked)
    found = settings()
    with opened(found) as database:
        for line in _exported(found, database, order, output, form, reason):
            click.echo(line)


def _order(flow: str, *, labelled: bool, **asked: Any) -> Order:
    """What the options ask for. ``--language`` is that of the labels where there are any."""
    days = (day and day.replace(tzinfo=UTC) for day in (asked["since"], asked["until"]))
    since, until = whole_days(*days)
    language: str | None = asked["language"]
    of = asked["language_of"] or (None if labelled else language)
    return Order(
        Filter(flow, asked["status"], of, asked["channel"], since, until),
        labels=asked["labels"],
        language=(language or "") if labelled else "",
        scope=asked["scope"] or "",
        identified=asked["identified"],
        exact=asked["exact"],
        behind=asked["behind"],
        translation=asked["translation"] or "",
        codes=asked["with_codes"],
    )


def _exported(
    found: Settings, database: Database, order: Order, output: Path, form: str, reason: str
) -> Iterator[str]:
    """Write the files, note them, put them in place; yields what to say of each."""
    try:
        with drafts() as made:
            with _progress() as bar:
                extract = _taken(found, database, order, bar)
                bar.length = steps(extract, form)
                written = list(write(extract, form, output, made))
            with database.writing() as session:
                wish = Wish(order, form, COMMAND, reason=" ".join(reason.split()))
                note(session, utc_now(), wish, written)
    except (Unfit, CannotWrite) as error:
        fail(str(error))
    for one in written:
        yield f"{one.path}: {_said(one)}."
        click.echo(f"SHA-256 {one.sha256}", err=True)


def _taken(found: Settings, database: Database, order: Order, bar: Any) -> Extract:
    library, files = Library(found.flows_dir), open_store(found.media)
    try:
        extract = take(database, library, order, files, bar.update)
    except FlowErrors as errors:  # in the themes of the flows' folder
        fail("\n".join(str(one) for one in errors.exceptions))
    except UnknownLanguage as error:
        fail(f"There are no labels in “{order.language}”: {error}.", WRONG_USE)
    if extract is None:
        flow = order.wanted.flow
        fail(f"No flow “{flow}” was ever published. Name one of: testimony flows list")
    return extract


def _progress() -> Any:
    """A bar on a terminal, nothing elsewhere."""
    hidden = not sys.stderr.isatty()
    return click.progressbar(length=0, label="Exporting", file=sys.stderr, hidden=hidden)


def _said(one: Written) -> str:
    """How much is in a file: "2 interviews, 3 of incidents"."""
    counted = []
    for table, number in one.rows.items():
        if table:
            counted.append(f"{number} of {table}")
        else:
            counted.append(f"{number} interview{'' if number == 1 else 's'}")
    return ", ".join(counted)
