"""What a flow has to translate: every text and every list of words, each with how far it is in one language.

Texts only: codes, ids, names and conditions are never among them.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flows.language.forms import item_path
from flows.language.model import Path
from flows.language.piping import fill
from flows.language.shape import TranslationShape
from flows.language.texts import by_language, holds_words, texts_of
from flows.notation.reading import Document

SHORT = 8  # hexadecimal digits of a fingerprint
CONTACT: Path = ("contact",)  # a name and a number, which may be the same in every language


class State(StrEnum):
    """How far a text is in a language; stale: its source has changed since."""

    MISSING = "missing"
    STALE = "stale"
    DONE = "done"


@dataclass(frozen=True)
class Entry:
    """One text, or one list of words, and its translation into one language ("" when there is none).

    ``needed``: without it the language is not whole. ``plain``: the source is written without a language. What is told
    to the translator is added by ``telling``: ``previous`` is what the source said when it was translated,
    ``placeholders`` the names and what each will show, ``longest`` how many characters are good (0: any number).
    """

    id: str
    path: Path
    source: str
    translation: str
    state: State
    words: bool = False
    needed: bool = True
    plain: bool = False
    fingerprint: str = ""
    previous: str = ""
    context: str = ""
    placeholders: Mapping[str, str] = field(default_factory=dict)
    longest: int = 0
    note: str = ""


def id_of(path: Path) -> str:
    """The id of a text: its path, with dots between."""
    return ".".join(str(step).replace(".", "\\.") for step in path)


def entries(document: Document, language: str) -> Iterator[Entry]:
    """All that ``document`` has to translate into ``language``, in the order of the file."""
    first = str(document.data["languages"][0])
    recorded = record_of(document, language)
    for path, written in texts_of(document):
        texts = by_language(written, first)
        words = holds_words(path)
        source = _shown(texts.get(first))
        if not source:
            continue
        translation = _shown(texts.get(language))
        mark = fingerprint(path, source)
        yield Entry(
            id=id_of(path),
            path=path,
            source=source,
            translation=translation,
            state=state_of(translation, mark, recorded),
            words=words,
            needed=not words and path != CONTACT and _says_more(source),
            plain=not isinstance(written, dict),
            fingerprint=mark,
        )


def record_of(document: Document, language: str) -> frozenset[str] | None:
    """The fingerprints of the sources that ``language`` was translated from; None for one without a record."""
    written = (document.data.get("translations") or {}).get(language)
    if not written:
        return None
    return frozenset(TranslationShape.model_validate(written).sources) or None


def is_reviewed(document: Document, language: str) -> bool:
    """Whether a native speaker has read ``language`` over."""
    written = (document.data.get("translations") or {}).get(language)
    return bool(written) and TranslationShape.model_validate(written).reviewed


def fingerprint(path: Path, source: str) -> str:
    """A short hash of a source text and the question it belongs to.

    The question belongs to it because two texts may say the same today, and only one of them tomorrow; the groups
    around do not, so that a question may be moved. The short form of a choice is the same as the long one.
    """
    said = f"{'.'.join(map(str, _belonging(path)))}\n{source.strip()}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:SHORT]


def _belonging(path: Path) -> Path:
    item = item_path(path)
    in_list = path[0] == "choice_lists" and len(path) == 4
    if path[-1] == "label" and (in_list or "choices" in path[-3:-2]):
        path = path[:-1]
    return (*item[-1:], *path[len(item) :])


def state_of(translation: str, mark: str, recorded: Collection[str] | None) -> State:
    """A language written by hand, without a record, is never stale."""
    if not translation:
        return State.MISSING
    return State.DONE if recorded is None or mark in recorded else State.STALE


def _shown(written: Any) -> str:
    """A text without the blanks around it; words with commas between."""
    if isinstance(written, list):
        return ", ".join(word.strip() for word in written)
    return (written or "").strip()


def _says_more(source: str) -> bool:
    """Whether a text has words of its own: “1-5” and “{city}” say the same in every language."""
    return any(char.isalpha() for char in fill(source, lambda _: ""))
