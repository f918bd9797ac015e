"""A translator's file into one of the program's own phrasebooks.

A phrasebook is whole or it is none, because the program says every phrase; so a half one is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import Any

from flows.folding import fold
from flows.language.entries import Entry, State
from flows.notation.rewriting import STEP, WIDTH, Draft
from flows.notation.spelling import Value, mapped
from flows.phrases import FALLBACK, SHIPPED, phrasebook
from flows.talking.languages import language_name
from flows.translating.judging import Refused, Taken, freshness, judge, words_in
from flows.translating.merging import Merged, language_of
from flows.translating.phrases import IN_ORDER, NAME, PARTS, RECORD, data_of, is_read, phrases_told
from flows.translating.sheet import Sheet
from flows.translating.writing import NOT_BY_US

NUMBERS = 11  # from nought to ten
STOPS = {"commands.stop", "wordings.stop"}  # both mean the same
STEERING = ("commands.", "wordings.stop")


def merge_phrases(english: str, text: str, sheet: Sheet, language: str = "") -> Merged:
    """Take a translator's file into a phrasebook (``text``; "" for a new one); raises Refused with every reason."""
    language = language_of(sheet, NAME, FALLBACK, language)
    found = phrases_told(english, text, language)
    judged = judge(found, sheet)
    translations = {one.id: one.translation for one in found}
    translations |= {one.entry.id: one.translation for one in judged.taken}
    if reasons := judged.refused or list(_faults(found, translations, language)):
        raise Refused(reasons)
    changed = [one for one in judged.taken if one.changes]
    after = _written(text, found, judged.taken, language)
    return Merged(after, language, len(changed), tuple(judged.remarks))


def review_phrases(english: str, text: str, language: str, *, undo: bool = False) -> str:
    """The phrasebook of ``language`` marked as read over: it belongs to the English one as it is now."""
    if not text or language == FALLBACK:
        raise Refused([f"There are no phrases in {language} that were translated."])
    found = phrases_told(english, text, language)
    marks = [one.fingerprint for one in found if one.state is State.DONE or not undo]
    return _recorded(Draft(text), data_of(text), not undo, marks)


def _fields(text: str) -> set[str] | None:
    """The placeholders of a phrase as the program will fill them; None where it cannot."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    return {f"{name}!{way}:{form}" for _, name, form, way in parts if name is not None}


def _faults(
    found: Sequence[Entry], translations: Mapping[str, str], language: str
) -> Iterator[str]:
    """Why these cannot be the phrases of a language."""
    if missing := [name for name, said in translations.items() if not said]:
        yield f"The program's phrases must be whole. These are missing: {', '.join(missing)}."
    for one in found:
        if (
            not one.words
            and translations[one.id]
            and _fields(one.source) != _fields(translations[one.id])
        ):
            yield f"{one.id}: write the placeholders just as they are in the source."
    words = {name: words_in(said) for name, said in translations.items()}
    if len(words["words.numbers"]) not in (0, NUMBERS):
        yield f"words.numbers: {len(words['words.numbers'])} words. {IN_ORDER}"
    meanings: dict[str, str] = {}
    for name in (one.id for one in found if one.words):
        for word in words[name]:
            other = meanings.setdefault(fold(word), name)
            taken = _meant_elsewhere(word, language)
            if not fold(word):
                yield f"{name}: “{word}” cannot be typed as a word. Use another one."
            elif _collide(name, other):
                yield f"{name}: “{word}” stands under {other} too. Keep one of them."
            elif _collide(name, taken):
                yield f"{name}: “{word}” means {taken} in another language. Use another word."


def _collide(one: str, other: str) -> bool:
    """Whether no word may stand under both: a command is nothing else, and yes is not no."""
    if not other or one == other or {one, other} == STOPS:
        return False
    steers = one.startswith(STEERING) or other.startswith(STEERING)
    return steers or {one, other} == {"words.yes", "words.no"}


def _meant_elsewhere(word: str, language: str) -> str:
    """What a word means in another language: "commands.stop", "words"; "" for nothing."""
    folded = fold(word)
    books = [phrasebook(other) for other in SHIPPED if other != language]
    for book in books:
        if steers := book.commands.get(folded):
            return f"commands.{steers.value}"
        if folded in book.stops:
            return "wordings.stop"
    answers = (book.yes | book.no | book.joiners | book.numbers.keys() for book in books)
    return "words" if any(folded in one for one in answers) else ""


def _written(text: str, found: Sequence[Entry], taken: Sequence[Taken], language: str) -> str:
    """The phrasebook with what was taken; as it was when nothing is new."""
    marks = freshness(found, taken)
    changed = [one for one in taken if one.changes]
    good = [one.id for one in found if one.state is State.DONE]
    if not changed and good == [one.id for one in found if one.fingerprint in marks]:
        return text
    if not text:
        return _new(taken, marks, language)
    draft, own = Draft(text), data_of(text)
    for one in changed:
        draft.put(one.entry.path[:-1], str(one.entry.path[-1]), one.value)
    reviewed = not changed and is_read(own)
    after = _recorded(draft, own, reviewed, marks)
    _verify(own, after, taken)
    return after


def _new(taken: Sequence[Taken], marks: list[str], language: str) -> str:
    name = language_name(language, "en")
    head = f"# What the program itself says and understands in {name}. Awaiting review by a native speaker."
    parts: dict[str, dict[str, Value]] = {part: {} for part in PARTS}
    for one in taken:
        parts[str(one.entry.path[0])][str(one.entry.path[1])] = one.value
    lines = mapped({**parts, RECORD: _record(False, marks)}, 0, STEP, WIDTH)
    return "\n".join([head, *lines, ""])


def _recorded(draft: Draft, own: Mapping[str, Any], reviewed: bool, marks: list[str]) -> str:
    record = _record(reviewed, marks)
    if isinstance(own.get(RECORD), dict):
        for key, value in record.items():
            draft.put((RECORD,), key, value)
    else:
        draft.put((), RECORD, record)
    return draft.result()


def _record(reviewed: bool, marks: list[str]) -> dict[str, Value]:
    return {"reviewed": str(reviewed).lower(), "sources": list(dict.fromkeys(marks))}


def _verify(own: Mapping[str, Any], after: str, taken: Sequence[Taken]) -> None:
    """Raises Refused unless the phrasebook says what it should, and nothing else has changed."""
    expected = {part: dict(own.get(part) or {}) for part in PARTS}
    for one in taken:
        if one.changes:
            expected[str(one.entry.path[0])][str(one.entry.path[1])] = one.value
    written = data_of(after)
    if any(written.get(part) != said for part, said in expected.items()):
        raise Refused([NOT_BY_US])
