"""The texts of a flow: whether every language stands where it should, and every pipe has its question."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from flows.findings import Findings
from flows.model import Flow
from flows.piping import pipes
from flows.reading import Document, Path


def texts_of(document: Document) -> Iterator[tuple[Path, Any]]:
    """Every place of the file that holds a map of languages, with what is written there."""
    data = document.data
    for key in ("title", "contact", "closing", "keywords"):
        yield (key,), data.get(key)
    for key in ("label", "declined"):
        yield ("consent", key), data["consent"].get(key)
    for name, question in data["questions"].items():
        for key in ("label", "hint", "constraint_message"):
            yield ("questions", name, key), question.get(key)
        for code, choice in (question.get("choices") or {}).items():
            path = ("questions", name, "choices", code)
            if isinstance(choice, dict) and "label" in choice:
                yield (*path, "label"), choice["label"]
                yield (*path, "accept"), choice.get("accept")
            else:
                yield path, choice


def check_translations(flow: Flow, findings: Findings) -> None:
    """Only languages of the flow, and in its source language every text."""
    for path, written in texts_of(findings.document):
        if isinstance(written, dict):
            _check_languages(flow, findings, path, written)
        if path[-1] in ("accept", "keywords") or written is None:
            continue
        source = written.get(flow.source_language) if isinstance(written, dict) else written
        if not (source or "").strip():
            first = flow.source_language
            cure = f"Write it in {first}: the other languages fall back to it."
            findings.add(path, f"the text in {first} is missing", cure)


def _check_languages(
    flow: Flow, findings: Findings, path: Path, written: Mapping[str, Any]
) -> None:
    for language in written:
        if language not in flow.languages:
            close = get_close_matches(language, flow.languages, n=1)
            cure = (
                f"Did you mean {close[0]}?" if close else "Add it to languages, or remove it here."
            )
            message = f"“{language}” is not a language of this flow"
            findings.add((*path, language), message, cure, key=True)


def check_pipes(flow: Flow, findings: Findings) -> None:
    asked = {question.id: place for place, question in enumerate(flow.questions) if question.asks}
    for path, written in texts_of(findings.document):
        if path[-1] in ("accept", "keywords") or written is None:
            continue
        texts = written if isinstance(written, dict) else {"": written}
        for language, text in texts.items():
            place = (*path, language) if language else path
            for name, column in pipes(text):
                _pipe(flow, findings, path, place, asked, name, column)


def _pipe(
    flow: Flow,
    findings: Findings,
    path: Path,
    place: Path,
    asked: Mapping[str, int],
    name: str,
    column: int,
) -> None:
    pipes_here = path[-1] in ("label", "hint", "constraint_message") and len(path) == 3
    limit = flow.position(str(path[1])) if path[0] == "questions" else len(flow.questions)
    if not name:
        findings.add(place, "a brace stands alone", "Write {{ or }} for a brace.", column=column)
    elif not pipes_here and path != ("closing",):
        findings.add(
            place, "no answer can be put in here", "Write {{ or }} for a brace.", column=column
        )
    elif name not in asked:
        close = get_close_matches(name, asked, n=1)
        cure = f"Did you mean {{{close[0]}}}?" if close else "Name a question that is asked before."
        findings.add(place, f"there is no question “{name}”", cure, column=column)
    elif asked[name] >= limit:
        cure = "Only the answer to an earlier question can stand in a text."
        findings.add(place, f"“{name}” is not asked before this", cure, column=column)
