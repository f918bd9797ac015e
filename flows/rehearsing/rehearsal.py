"""The transcripts beside a flow: found, played, held against what they tell, and recorded anew.

Beside ``loader`` the only module of ``flows`` that touches files. A file that cannot be read is never written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from flows.errors import FlowError, FlowErrors, Mark
from flows.language.model import Flow
from flows.notation.reading import decode
from flows.rehearsing.coverage import Coverage
from flows.rehearsing.differing import compare
from flows.rehearsing.playing import DAY, Moment, on_offer, perform, play
from flows.rehearsing.transcripts import Line, Transcript, read, write
from flows.talking.standing import Catalog

ALONE: Catalog = {}


@dataclass(frozen=True)
class Rehearsal:
    """What came of playing a flow's transcripts: mistakes, each with its place, and what was seen of the flow."""

    findings: tuple[FlowError, ...]
    coverage: Coverage
    files: tuple[str, ...] = field(default=())


def beside(path: Path) -> list[Path]:
    """The transcripts of the flow in a file: the .txt files of the folder that is named like it."""
    return sorted(path.with_suffix("").glob("*.txt"))


def check_transcripts(path: Path, flow: Flow, others: Catalog = ALONE) -> Rehearsal:
    """Play every transcript beside a flow's file. ``others``: flows that a transcript may name beside its own."""
    texts: dict[str, str] = {}
    unread: list[FlowError] = []
    for file in beside(path):
        try:
            texts[str(file)] = _text(file)
        except FlowErrors as errors:
            unread += errors.exceptions  # type: ignore[arg-type] # only FlowErrors are in it
    found = rehearse(flow, texts, others)
    return replace(found, findings=(*unread, *found.findings))


def rehearse(flow: Flow, texts: Mapping[str, str], others: Catalog = ALONE) -> Rehearsal:
    """Play transcripts given as texts by the name of their file; nothing is read or written."""
    findings: list[FlowError] = []
    moments: list[Moment] = []
    for file, text in texts.items():
        try:
            told = read(text, file)
            played = perform(told, on_offer(told, flow, others, file))
        except FlowErrors as errors:
            findings += errors.exceptions  # type: ignore[arg-type] # only FlowErrors are in it
            continue
        findings += compare(told, played.transcript, file)
        moments += played.moments
    return Rehearsal(tuple(findings), Coverage.of(flow, moments), tuple(texts))


def update(path: Path, flow: Flow, others: Catalog = ALONE, today: date = DAY) -> list[Path]:
    """Record what the bot says in the transcripts beside a flow; returns those that changed.

    ``today`` is written into those that name no day. What cannot be read stays as it is: checking tells why.
    """
    changed = []
    for file in beside(path):
        try:
            before = _text(file)
            after = recorded(before, flow, str(file), others, today)
        except FlowErrors:
            continue
        if after != before:
            _put(file, after)
            changed.append(file)
    return changed


def recorded(text: str, flow: Flow, file: str, others: Catalog = ALONE, today: date = DAY) -> str:
    """The text of a transcript with the replies and the ending that the bot gives; raises FlowErrors."""
    told = _dated(read(text, file), today)
    return write(play(told, on_offer(told, flow, others, file)))


def _dated(told: Transcript, today: date) -> Transcript:
    if told.today:
        return told
    settings = {**told.settings, "today": today.isoformat()}
    others = (line for line in told.head if not line.text.lower().startswith("today"))
    head = [line for line in others if line.text]
    return replace(told, head=(*head, Line(f"today: {today}")), settings=settings)


def _text(file: Path) -> str:
    try:
        return decode(file.read_bytes(), str(file))
    except OSError as error:
        message = f"this file cannot be read: {error.strerror}"
        raise FlowErrors([FlowError(str(file), Mark(), message)]) from None


def _put(file: Path, text: str) -> None:
    """Write the whole file or nothing of it."""
    draft = file.with_name(f"{file.name}.new")
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.replace(file)
