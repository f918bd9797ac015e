"""Translations into a flow: judged, written in, read again and compared. Either all of it is good, or nothing changes.

Texts come and go here; the files themselves are for the caller to write.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flows.checks.rules import LANGUAGE
from flows.errors import FlowErrors
from flows.language.entries import Entry, State, entries, is_reviewed
from flows.loader import Examined, examine
from flows.notation.reading import Document
from flows.talking.languages import language_name
from flows.translating.judging import Refused, Taken, freshness, judge
from flows.translating.sheet import Sheet
from flows.translating.telling import longest
from flows.translating.writing import rewritten, verify

_LINE = re.compile(r" \(line \d+\)")  # a text may move, and is the same


@dataclass(frozen=True)
class Merged:
    """A flow's text with translations in it: the language, how many texts changed, and what else there is to say."""

    source: str
    language: str
    changed: int
    remarks: tuple[str, ...] = ()


def merge(source: str, file: str, sheet: Sheet, language: str = "") -> Merged:
    """Take a translator's file into a flow (with its blocks, as one text).

    Raises Refused with every reason when the file cannot be taken, FlowErrors when the flow has mistakes already.
    """
    before = examined(source, file)
    document = _document(before)
    language = language_of(
        sheet, str(document.data["flow"]), str(document.data["languages"][0]), language
    )
    found = [replace(one, longest=longest(one, language)) for one in entries(document, language)]
    judged = judge(found, sheet)
    if judged.refused:
        raise Refused(judged.refused)
    after, changes = _merged(source, document, found, judged.taken, language)
    if after == source:
        return Merged(source, language, 0, tuple(judged.remarks))
    news = _checked(before, after, file)
    verify(document, after, language, {one.id: one.translation for one in found} | changes)
    return Merged(after, language, len(changes), (*judged.remarks, *news))


def review(source: str, file: str, language: str, *, undo: bool = False) -> str:
    """The flow's text with ``language`` marked as read over: it belongs to the sources as they are now."""
    document = _document(examined(source, file))
    others = document.data["languages"][1:]
    if language not in others:
        known = ", ".join(others) or "none yet"
        raise Refused([f"“{language}” is no language that this flow is translated into ({known})."])
    found = list(entries(document, language))
    states = {State.DONE} if undo else {State.DONE, State.STALE}
    marks = [entry.fingerprint for entry in found if entry.state in states]
    after = rewritten(source, document, {}, language, _record(not undo, marks))
    verify(document, after, language, {one.id: one.translation for one in found})
    return after


def examined(source: str, file: str) -> Examined:
    """A flow that has no mistakes; raises FlowErrors for one that has."""
    found = examine(source, file)
    if found.mistakes:
        raise FlowErrors(found.mistakes)
    return found


def _document(found: Examined) -> Document:
    if found.document is None:
        raise FlowErrors(found.mistakes)
    return found.document


def language_of(sheet: Sheet, name: str, first: str, asked: str) -> str:
    """The language that a file is for; raises Refused when it is another flow's, or says no language."""
    header = sheet.header
    if header.name and header.name != name:
        raise Refused([f"This file holds the texts of {header.name}, not of {name}."])
    if asked and header.language and asked.split("-")[0] != header.language.split("-")[0]:
        raise Refused([f"This file is in {header.language}, not in {asked}."])
    if not (language := asked or header.language):
        raise Refused(["The file does not say its language. Name it with: --to vi"])
    if not LANGUAGE.fullmatch(language) or language_name(language) == language:
        raise Refused([f"“{language}” is not the code of a language. Use codes such as vi, ht."])
    if language == first:
        raise Refused([f"{language} is the language that is translated from."])
    return language


def _merged(
    source: str, document: Document, found: Sequence[Entry], taken: Sequence[Taken], language: str
) -> tuple[str, dict[str, str]]:
    """The new text, and the translations that are new in it by id; the old text when there is nothing new."""
    marks = freshness(found, taken)
    changes = {one.entry.id: one.translation for one in taken if one.changes}
    good = [entry.id for entry in found if entry.state is State.DONE]
    if not changes and good == [one.id for one in found if one.fingerprint in marks]:
        return source, {}
    reviewed = is_reviewed(document, language) and not changes
    texts = {one.entry.path: one.value for one in taken if one.changes}
    return rewritten(source, document, texts, language, _record(reviewed, marks)), changes


def _record(reviewed: bool, marks: Sequence[str]) -> dict[str, str | list[str]]:
    return {"reviewed": str(reviewed).lower(), "sources": list(dict.fromkeys(marks))}


def _checked(before: Examined, after: str, file: str) -> list[str]:
    """The warnings that are new in a flow's text; raises Refused when mistakes are."""
    found = examine(after, file)
    if found.mistakes:
        told = (f"{one.message}\n    {one.cure}" for one in found.mistakes)
        raise Refused(["With these translations the flow would have mistakes:", *told])
    known = {_LINE.sub("", one.message) for one in before.warnings}
    return [one.message for one in found.warnings if _LINE.sub("", one.message) not in known]
