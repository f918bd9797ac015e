"""The texts of a flow held against each other, language by language: what is missing, left as it was, or differs.

Whether a text can stand where it is at all is for ``texts`` to say.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from flows.language.findings import Findings
from flows.language.model import Flow, Path
from flows.language.parts import items_of
from flows.language.piping import fill, pipes
from flows.language.texts import CHOICE, by_language, holds_words, texts_of
from flows.notation.reading import Document

SHOWN = 3  # places that are named
_WORD = re.compile(r"[^\W\d_]+")


@dataclass
class _Places:
    """Some of the places of a fault, and how many there are."""

    count: int = 0
    first: list[Path] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, path: Path) -> None:
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(path)


def check_wording(flow: Flow, findings: Findings) -> None:
    """Every text stands in every language, translated, and with the same answers in it."""
    others = flow.languages[1:]
    missing = {language: _Places() for language in others}
    same = {language: _Places() for language in others}
    for path, written in texts_of(findings.document):
        if holds_words(path) or path == ("contact",) or not written:
            continue
        texts = written if isinstance(written, dict) else {flow.source_language: written}
        source = texts.get(flow.source_language) or ""
        if not _letters(source):
            continue
        for language in others:
            text = texts.get(language)
            if not text:
                missing[language].add(path)
            elif text == source and _translatable(source, path):
                same[language].add(path)
            if text and ("{" in text or "{" in source):
                _pipes(source, text, (*path, language), flow, findings)
    _tell(flow, missing, same, findings)


def _letters(text: str) -> bool:
    return any(map(str.isalpha, fill(text, lambda _: " ")))


def _translatable(text: str, path: Path) -> bool:
    """Whether a text is more than a name, which may well be the same in two languages."""
    spoken = _WORD.findall(fill(text, lambda _: " "))
    if not any(char.isupper() or char.islower() for word in spoken for char in word):
        return sum(map(len, spoken)) > 7
    short = path == ("title",) or path[0] == "choice_lists" or "choices" in path[-3:]
    small = sum(word[0].islower() for word in spoken)
    return len(spoken) >= 3 and small >= 2 if short else len(spoken) >= 2 and small >= 1


def _pipes(source: str, text: str, path: Path, flow: Flow, findings: Findings) -> None:
    """The same answers are put into a text in each of its languages."""
    first = flow.source_language
    wanted = {name for name, _ in pipes(source) if name}
    put_in = [(name, column) for name, column in pipes(text) if name]
    for name, column in put_in:
        if name not in wanted and name in flow.by_id:  # of others it is told that there are none
            message = f"{{{name}}} is put in here, and not in the text in {first}"
            cure = f"Put the same answers in: {_listed(wanted)}." if wanted else "Take it out."
            findings.add(path, message, cure, column=column)
    if dropped := wanted - {name for name, _ in put_in}:
        message = f"{_listed(dropped)} is left out here, and put into the text in {first}"
        findings.add(path, message, "Put it in, or take it out of both.", warning=True)


def _listed(names: set[str]) -> str:
    return " and ".join(f"{{{name}}}" for name in sorted(names))


def _tell(
    flow: Flow,
    missing: dict[str, _Places],
    same: dict[str, _Places],
    findings: Findings,
) -> None:
    first = flow.source_language
    for place, language in enumerate(flow.languages[1:], 1):
        path = ("languages", place)
        if found := missing[language]:
            one = "1 text is" if found.count == 1 else f"{found.count} texts are"
            message = f"{one} missing in {language}: {_named(found, findings)}"
            cure = f"Write them in {language}: until then they are read in {first}."
            findings.add(path, message, cure, warning=True)
        if found := same[language]:
            one = "1 text is" if found.count == 1 else f"{found.count} texts are"
            message = f"{one} the same in {language} as in {first}: {_named(found, findings)}"
            findings.add(path, message, f"Translate them into {language}.", warning=True)


def _named(places: _Places, findings: Findings) -> str:
    """The first of the places by their ids and lines."""
    shown = []
    for path in places.first:
        mark = findings.document.key(path)
        line = f"{mark.file}, line {mark.line}" if mark.file else f"line {mark.line}"
        shown.append(f"{'.'.join(map(str, path))} ({line})")
    more = places.count - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


_UNWRITTEN = re.compile(r"^\s*\[[^\]]+\]")


def check_keywords(flow: Flow, findings: Findings) -> None:
    """A keyword tells the language: where only some have one, the others' people begin in a foreign one."""
    by_languages = isinstance(findings.document.data.get("keywords"), dict)
    lacking = [code for code in flow.languages if not flow.keywords.get(code)]
    if by_languages and flow.keywords and lacking:
        message = f"there is no keyword for {', '.join(lacking)}"
        cure = (
            f"Add one, such as {lacking[0]}: [WORD]: who sends the other's begins in its language."
        )
        findings.add(("keywords",), message, cure, key=True, warning=True)


def check_written(flow: Flow, findings: Findings) -> None:
    """What stands in brackets was put there to be replaced. It may be kept for now, but not be published."""
    for path in unwritten(findings.document):
        cure = "Write your own in place of what stands in brackets: it stops publishing."
        findings.add(path, "this text is still to be written", cure, warning=True)


def unwritten(document: Document) -> list[Path]:
    """The places of texts that begin with something in brackets: nobody should be sent them."""
    return [
        path
        for path, written in texts_of(document)
        if not holds_words(path)
        and any(_UNWRITTEN.match(text or "") for text in by_language(written, "").values())
    ]


def check_codes(flow: Flow, findings: Findings) -> None:
    """Choices are written once, with a text in each language: no list of codes for each of them."""
    for path, item in items_of(findings.document):
        _codes((*path, "choices"), item.get("choices"), flow, findings)
    for name, listed in (findings.document.data.get("choice_lists") or {}).items():
        _codes(("choice_lists", name), listed, flow, findings)


def _codes(path: Path, listed: Any, flow: Flow, findings: Findings) -> None:
    if not isinstance(listed, dict) or not listed or not set(listed) <= set(flow.languages):
        return
    ours = {*flow.languages, *CHOICE}
    if not all(isinstance(one, dict) and one and ours.isdisjoint(one) for one in listed.values()):
        return
    every = {code for one in listed.values() for code in one}
    odd = sorted(every - set[str].intersection(*map(set, listed.values())))
    differ = f", and its codes differ: {', '.join(odd[:SHOWN])}" if odd else ""
    code = min(every)
    texts = ", ".join(f"{language}: ..." for language in listed)
    cure = f"Write each code once, with its text in each language: {code}: {{{texts}}}."
    findings.add(path, f"this list is written once for each language{differ}", cure, key=True)
    findings.settle(path)
