"""The texts of a flow, each by its path: every language where it should stand, every pipe with its question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.guessing import did_you_mean, nearest
from flows.language.findings import Findings
from flows.language.forms import item_path
from flows.language.model import Flow, Path, Question
from flows.language.piping import pipes
from flows.notation.reading import Document

HEAD = ("title", "contact", "closing", "keywords", "leave", "not_private")
ITEM = ("label", "hint", "purpose", "constraint_message", "repeat")
CHOICE = ("label", "accept", "other", "theme")


def texts_of(document: Document) -> Iterator[tuple[Path, Any]]:
    """Every place of the file that holds a map of languages, with what is written there; None where nothing is."""
    data = document.data
    for key in HEAD:
        if key != "not_private" or not _is_truth(data.get(key)):
            yield (key,), data.get(key)
    for topic, care in (data.get("care") or {}).items():
        yield ("care", topic, "words"), care.get("words")
        yield ("care", topic, "label"), care.get("label")
    for key in ("label", "declined"):
        yield ("consent", key), data["consent"].get(key)
    for name, choices in (data.get("choice_lists") or {}).items():
        yield from _choices(("choice_lists", name), choices)
    yield from _items((), data["questions"])


def _items(path: Path, questions: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    for name, item in questions.items():
        place = (*path, "questions", name)
        for key in ITEM:
            if key in item:
                yield (*place, key), item[key]
        if isinstance(item.get("choices"), dict):
            yield from _choices((*place, "choices"), item["choices"])
        if isinstance(item.get("questions"), dict):
            yield from _items(place, item["questions"])


def _choices(path: Path, choices: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    for code, choice in choices.items():
        place = (*path, code)
        if not isinstance(choice, dict) or set(CHOICE).isdisjoint(choice):
            yield place, choice
            continue
        yield (*place, "label"), choice.get("label")
        yield (*place, "accept"), choice.get("accept")
        if choice.get("other") is not None and not _is_truth(choice["other"]):
            yield (*place, "other"), choice["other"]


def _is_truth(written: Any) -> bool:
    """Whether true or false stands where a text could: the program has one of its own."""
    return isinstance(written, str) and written.lower() in ("true", "false")


def holds_words(path: Path) -> bool:
    """Whether lists of words stand at a text's place, and no text. A choice may well have the code “accept”."""
    if len(path) == 1 or path[0] == "care":
        return path[-1] in ("keywords", "leave", "words")
    inside = path[1:] if path[0] == "choice_lists" else path[len(item_path(path)) :]
    return len(inside) == 3 and inside[2] == "accept"


def by_language(written: Any, source: str) -> Mapping[str, Any]:
    """What is written at a text's place as a map of languages: alone, it is in the source language."""
    return written if isinstance(written, dict) else {} if written is None else {source: written}


def check_translations(flow: Flow, findings: Findings) -> None:
    """Only languages of the flow, and in its source language every text."""
    first = flow.source_language
    for path, written in texts_of(findings.document):
        if isinstance(written, dict):
            _check_languages(flow, findings, path, written)
        if holds_words(path) or written is None:
            continue
        source = written.get(first) if isinstance(written, dict) else written
        if not (source or "").strip():
            cure = f"Write it in {first}: the other languages fall back to it."
            findings.add(path, f"the text in {first} is missing", cure)


def _check_languages(
    flow: Flow, findings: Findings, path: Path, written: Mapping[str, Any]
) -> None:
    for language in written:
        if language in flow.languages:
            continue
        place = (*path, language)
        if findings.document.key(
            place
        ).file:  # a shared block may speak more languages than this flow
            continue
        cure = did_you_mean(language, flow.languages, "Add it to languages, or remove it here.")
        findings.add(place, f"“{language}” is not a language of this flow", cure, key=True)


@dataclass(frozen=True)
class _Asked:
    """What can be piped in: the questions by id, and where each stands."""

    flow: Flow
    by_path: Mapping[Path, Question]
    names: Sequence[str]

    def fault(self, name: str, path: Path) -> tuple[str, str]:
        """Why the answer to ``name`` cannot stand in the text at ``path``, and the cure; "" when it can."""
        piped = self.flow.by_id.get(name)
        here = self.by_path.get(item_path(path))
        if here is not None and name == here.repeat:
            return "", ""
        if piped is None or not piped.keeps:
            close = nearest(name, self.names)
            cure = (
                f"Did you mean {{{close}}}?" if close else "Name a question that is asked before."
            )
            return f"there is no question “{name}”", cure
        limit = self.flow.position(here.id) if here else len(self.flow.questions)
        if self.flow.position(name) >= limit:
            cure = "Only the answer to an earlier question can stand in a text."
            return f"“{name}” is not asked before this", cure
        if (
            piped.repeat
            and piped.type != "repeat"
            and (here is None or here.repeat != piped.repeat)
        ):
            cure = f"It has an answer for each time; {{{piped.repeat}}} is the number of times."
            return f"“{name}” is asked inside the repeat {piped.repeat}", cure
        if piped.sensitive:
            cure = "Take it out of the text, or take away sensitive: true."
            return f"“{name}” is sensitive and must not be shown again", cure
        return "", ""


def check_pipes(flow: Flow, findings: Findings) -> None:
    by_path = {question.path: question for question in flow.questions}
    asked = _Asked(flow, by_path, [question.id for question in flow.questions if question.keeps])
    for path, written in texts_of(findings.document):
        if holds_words(path) or written is None:
            continue
        texts = written if isinstance(written, dict) else {"": written}
        for language, text in texts.items():
            if "{" not in text and "}" not in text:
                continue
            place = (*path, language) if language else path
            for name, column in pipes(text):
                message, cure = _pipe(asked, path, name)
                if message:
                    findings.add(place, message, cure, column=column)


def _pipe(asked: _Asked, path: Path, name: str) -> tuple[str, str]:
    """What is wrong with a pipe at ``path``, and the cure; "" when nothing is."""
    item = item_path(path)
    pipes_here = item and len(path) == len(item) + 1 and path[-1] in ITEM
    if not name:
        return "a brace stands alone", "Write {{ or }} for a brace."
    if not pipes_here and path != ("closing",):
        return "no answer can be put in here", "Write {{ or }} for a brace."
    return asked.fault(name, path)
