"""``testimony flows translate``: texts out to translators, and back; how far a language is, and whether it was read."""

from pathlib import Path
from typing import NoReturn

import click

from bot.commands import WRONG_USE, fail
from bot.commands.flows.files import named
from bot.commands.flows.replacing import Changed, replace_all
from bot.services import utc_now
from flows import SHIPPED, Examined, FlowErrors, language_name, read_source
from flows import phrases as books
from flows.checks import staleness
from flows.language.entries import Entry, State
from flows.language.including import split
from flows.notation.reading import decode
from flows.translating import files, merging, phrasebooks, phrases
from flows.translating.judging import Refused
from flows.translating.sheet import MAX_BYTES, Header, Moment, Sheet, Unreadable
from flows.translating.telling import told

PHRASES = Path(books.__file__).parent
UNCHANGED = "Nothing was changed."
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def translate() -> None:
    """Send texts to translators and take them back: as PO, XLSX or CSV.

    FLOW is a file, the name of a flow, or the word “phrases”: what the program itself says.
    """


@translate.command()
@click.argument("flow")
@click.option("--to", "language", required=True, help="The language to translate into: vi.")
@click.option("-o", "--output", required=True, type=FILE, help="Ends in .po, .xlsx or .csv.")
@click.option("--before", type=FILE, help="An older copy of FLOW, to show what a stale text said.")
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
def export(flow: str, language: str, output: Path, before: Path | None, force: bool) -> None:
    """Write the texts of FLOW into a file for a translator."""
    if output.exists() and not force:
        fail(f"{output} is there already; it may hold someone's work. Use --force.", WRONG_USE)
    name, source, entries = _entries(flow, language, before)
    try:
        header = Header(name, source, language)
        raw = files.write_file(output.name, entries, header, Moment(utc_now()))
        output.write_bytes(raw)
    except Unreadable as error:
        fail(str(error), WRONG_USE)
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}")
    counts = {state: sum(one.state is state for one in entries) for state in State}
    click.echo(
        f"{output}: {len(entries)} texts to {language_name(language, 'en')} "
        f"({counts[State.MISSING]} missing, {counts[State.STALE]} stale)."
    )


@translate.command("import")
@click.argument("flow")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--to", "language", default="", help="The language, where the file does not say it.")
def import_(flow: str, file: Path, language: str) -> None:
    """Take the translations in FILE into FLOW: all of them, or none."""
    sheet = _sheet(file)
    try:
        merged, changed = (_take_phrases if flow == phrases.NAME else _take)(flow, sheet, language)
    except (Refused, FlowErrors) as error:
        _refuse(error, "", UNCHANGED)
    replace_all(changed)
    for remark in merged.remarks:
        click.echo(remark)
    _tell(flow, merged, changed)


def _take(flow: str, sheet: Sheet, language: str) -> tuple[merging.Merged, Changed]:
    path = named(flow)
    source = read_source(path)
    merged = merging.merge(source, str(path), sheet, language)
    return merged, _changed(path, source, merged.source)


def _take_phrases(flow: str, sheet: Sheet, language: str) -> tuple[merging.Merged, Changed]:
    language = merging.language_of(sheet, flow, books.FALLBACK, language)
    english, text = _books(language)
    merged = phrasebooks.merge_phrases(english, text, sheet, language)
    new = merged.source != text
    return merged, {_phrasebook(language): (text, merged.source)} if new else {}


@translate.command()
@click.argument("flow")
def status(flow: str) -> None:
    """Tell how far each language of FLOW is."""
    if flow == phrases.NAME:
        languages = [code for code in SHIPPED if code != books.FALLBACK]
        counted = {code: phrases.phrases_completeness(*_books(code), code) for code in languages}
    else:
        try:
            document = _examined(named(flow)).document
        except FlowErrors as error:
            _refuse(error)
        counted = dict(staleness.completeness(document)) if document else {}
    for code, found in counted.items():
        click.echo(
            f"{language_name(code, 'en')} ({code}): {found.done} of {found.total} texts translated "
            f"({found.percent}%), {len(found.stale)} stale, {len(found.missing)} missing, "
            f"{'reviewed' if found.reviewed else 'not reviewed'}."
        )
        for what, ids in (("stale", found.stale), ("missing", found.missing)):
            for one in ids:
                click.echo(f"    {what}: {one}")
    if not counted:
        click.echo(f"{flow} is in one language. Send it out: testimony flows translate export")


@translate.command()
@click.argument("flow")
@click.option("--language", required=True, help="The language that was read over: vi.")
@click.option("--undo", is_flag=True, help="It is to be read over again.")
def review(flow: str, language: str, undo: bool) -> None:
    """Note that a native speaker has read FLOW over, and that no text of it is stale."""
    try:
        if flow == phrases.NAME:
            english, text = _books(language)
            after = phrasebooks.review_phrases(english, text, language, undo=undo)
            changed: Changed = {_phrasebook(language): (text, after)}
        else:
            path = named(flow)
            source = read_source(path)
            after = merging.review(source, str(path), language, undo=undo)
            changed = _changed(path, source, after)
    except (Refused, FlowErrors) as error:
        _refuse(error, "", UNCHANGED)
    replace_all(changed)
    said = "to be read over again" if undo else "reviewed"
    click.echo(f"{flow}: {language_name(language, 'en')} is {said}.")


def _entries(flow: str, language: str, before: Path | None) -> tuple[str, str, tuple[Entry, ...]]:
    """The name, the source language and the texts of what is to be translated."""
    blank = Sheet(Header("", "", language), ())
    try:
        if flow == phrases.NAME:
            merging.language_of(blank, phrases.NAME, books.FALLBACK, language)
            return phrases.NAME, books.FALLBACK, phrases.phrases_told(*_books(language), language)
        found = _examined(named(flow))
        older = _examined(before).document if before else None
        if found.flow is None or found.document is None:
            raise FlowErrors(found.mistakes)
        merging.language_of(blank, found.flow.name, found.flow.source_language, language)
    except (Refused, FlowErrors) as error:
        _refuse(error)
    entries = told(found.flow, found.document, language, older)
    return found.flow.name, found.flow.source_language, entries


def _examined(path: Path) -> Examined:
    try:
        return merging.examined(read_source(path), str(path))
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}")


def _sheet(file: Path) -> Sheet:
    """What a translator sent back."""
    try:
        if file.stat().st_size > MAX_BYTES:
            fail(f"{file} is larger than {MAX_BYTES // 1_000_000} MB.")
        return files.read_file(file.name, file.read_bytes())
    except Unreadable as error:
        fail(f"{file}: {error}\n\n{UNCHANGED}")
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")


def _phrasebook(language: str) -> Path:
    return PHRASES / f"{language}.yaml"


def _text(path: Path) -> str:
    """The text of a phrasebook; "" where there is none."""
    return decode(path.read_bytes(), str(path)) if path.exists() else ""


def _books(language: str) -> tuple[str, str]:
    return _text(_phrasebook(books.FALLBACK)), _text(_phrasebook(language))


def _changed(path: Path, source: str, after: str) -> Changed:
    """The files of a flow that are to be written anew: its own, and those of its blocks."""
    if split(_text(path))[
        1
    ]:  # one file that holds its blocks, as it is downloaded from the admin view
        return {path: (source, after)} if source != after else {}
    (main, blocks), (new, new_blocks) = split(source), split(after)
    texts = {path: (main, new)}
    texts |= {path.parent / name: (text, new_blocks[name]) for name, text in blocks.items()}
    return {file: text for file, text in texts.items() if text[0] != text[1]}


def _refuse(error: Refused | FlowErrors, *more: str) -> NoReturn:
    reasons = error.reasons if isinstance(error, Refused) else map(str, error.exceptions)
    fail("\n".join([*reasons, *more]))


def _tell(flow: str, merged: merging.Merged, changed: Changed) -> None:
    language = language_name(merged.language, "en")
    if not changed:
        click.echo(f"{flow}: nothing in {language} is new.")
        return
    count = merged.changed
    click.echo(f"{flow}: {count} text{'' if count == 1 else 's'} in {language} taken.")
    for path in changed:
        click.echo(f"    {path}")
    click.echo(
        "When a native speaker has read it over: "
        f"testimony flows translate review {flow} --language {merged.language}"
    )
