"""What comes back from a translator, held against the texts that went out: taken, left out with a word, or refused.

Nothing is changed here. One refusal is enough for a file to change nothing, so all of them are told at once.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from flows.checks.fitting import MAX_MESSAGE
from flows.language.entries import Entry, State, fingerprint
from flows.language.piping import pipes
from flows.sms import GSM7, odd_letters, segments
from flows.translating.sheet import Row, Sheet

_BETWEEN_WORDS = re.compile(r"[,،、，;；؛\n]")
_FALLBACK = re.compile(r"(?<!\{)\{\s*([^{}|]*?)\s*\|")
# what typewriters lack and word processors put in: it turns a text message into one of 70 characters
TYPOGRAPHY = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‑": "-"}
    | {"…": "...", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u00ad": None, "\u200b": None}
)
NAMED = 5  # ids that are named in one remark


class Refused(ValueError):
    """A file of translations that cannot be taken: every reason, each with what to do."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("\n".join(self.reasons))


@dataclass(frozen=True)
class Taken:
    """A translation that may be written, and the source that it was made from."""

    entry: Entry
    translation: str
    source: str

    @property
    def changes(self) -> bool:
        return self.translation != self.entry.translation

    @property
    def value(self) -> str | list[str]:
        """What is written: a text, or a list of words."""
        return words_in(self.translation) if self.entry.words else self.translation


@dataclass
class Judged:
    """What may be taken of a file, why the whole of it may not, and what else there is to say."""

    taken: list[Taken] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def judge(entries: Sequence[Entry], sheet: Sheet) -> Judged:
    """Every row of a file against the texts as they are now."""
    known = {entry.id: entry for entry in entries}
    if sheet.rows and not any(row.id in known for row in sheet.rows):
        raise Refused(["No text of this file belongs here: not one of its ids is known."])
    judged = Judged()
    rows = list(_once(sheet.rows, judged))
    unknown = [row.id or row.source[:40] for row in rows if row.id not in known]
    unsure = [row.id for row in rows if row.unsure and row.translation and row.id in known]
    for row in rows:
        if row.id in known and row.translation.strip() and not row.unsure:
            _judge(known[row.id], row, judged)
    if unknown:
        judged.remarks.append(
            f"Left out, because there is no such text any more: {_some(unknown)}."
        )
    if unsure:
        judged.remarks.append(
            f"Left out, because they are marked as unfinished (fuzzy): {_some(unsure)}."
        )
    return judged


def _once(rows: Iterable[Row], judged: Judged) -> Iterator[Row]:
    """Each id once; two different translations of one text are refused."""
    seen: dict[str, Row] = {}
    for row in rows:
        first = seen.setdefault(row.id, row) if row.id else row
        if first is row:
            yield row
        elif first.translation.strip() != row.translation.strip():
            judged.refused.append(
                f"{row.id}: stands twice, with two translations. Keep one of them."
            )


def _judge(entry: Entry, row: Row, judged: Judged) -> None:
    translation = plain(row.translation)
    if entry.words and translation != entry.translation:
        translation = ", ".join(words_in(translation))
    if not translation:
        return
    source = entry.source if is_same(entry.source, row.source) else plain(row.source)
    older = source != entry.source
    if translation == entry.translation and (row.stale or older):
        return
    faults = list(_faults(entry, translation))
    judged.refused += [f"{entry.id}: {fault}" for fault in faults]
    if faults:
        return
    if older:
        judged.remarks.append(
            f"{entry.id}: translated from an older text (“{_short(source)}”), so it is stale."
        )
    if translation != entry.translation:
        judged.remarks += [f"{entry.id}: {remark}" for remark in _remarks(entry, translation)]
    judged.taken.append(Taken(entry, translation, source))


def _faults(entry: Entry, translation: str) -> Iterator[str]:
    """Why a translation cannot be taken."""
    if odd := next(
        (
            one
            for one in translation
            if unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t"
        ),
        "",
    ):
        yield f"it holds a character that cannot be sent (U+{ord(odd):04X}). Type it again."
    if not entry.words:
        yield from placeholder_faults(entry.source, translation)
    if not entry.words and len(translation) > MAX_MESSAGE:
        yield f"it takes {len(translation)} characters; a message holds {MAX_MESSAGE}. Shorten it."


def placeholder_faults(source: str, translation: str) -> Iterator[str]:
    """What is wrong with the placeholders of a translation, and the cure."""
    wanted = list(dict.fromkeys(name for name, _ in pipes(source)))
    found = [name for name, _ in pipes(translation)]
    listed = ", ".join(f"{{{name}}}" for name in wanted)
    if "" in found:
        yield "a brace stands alone. Write {{ or }} for a brace" + (
            f", {listed} for an answer." if listed else "."
        )
    for name in wanted:
        if name not in found:
            yield f"{{{name}}} is missing. Put it where the answer belongs in the sentence."
    for name in dict.fromkeys(found):
        if name and name not in wanted:
            stays = (
                f"Leave the placeholders as they are: {listed}."
                if listed
                else "This text has none."
            )
            yield f"{{{name}}} is no placeholder of this text. {stays}"


def _remarks(entry: Entry, translation: str) -> Iterator[str]:
    """What is worth a word, and no reason to refuse."""
    if entry.words:
        return
    lost = set(_FALLBACK.findall(entry.source)) - set(_FALLBACK.findall(translation))
    for name in sorted(lost):
        yield f"{{{name}|...}} has lost its words for when there is no answer."
    if entry.longest and len(translation) > entry.longest:
        yield f"it takes {len(translation)} characters; up to {entry.longest} are good."
    if segments(translation)[0] != GSM7 and not odd_letters(translation.translate(TYPOGRAPHY)):
        signs = " ".join(sorted(f"“{one}” (U+{ord(one):04X})" for one in odd_letters(translation)))
        yield f"{signs} makes the message dearer, as spreadsheets like to. Type a plain sign instead."


def words_in(written: str) -> list[str]:
    """The words of a list as a translator writes it: with commas between, of whichever script."""
    words = (" ".join(word.split()) for word in _BETWEEN_WORDS.split(written))
    return list(dict.fromkeys(word for word in words if word))


def plain(text: str) -> str:
    """A text without the blanks around it, its lines ended in one way."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def is_same(source: str, returned: str) -> bool:
    """Whether a source came back as it went out, but for what spreadsheets do to quotes and blanks."""
    return source == plain(returned) or _levelled(source) == _levelled(returned)


def _levelled(text: str) -> str:
    shown = "".join(one for one in text.translate(TYPOGRAPHY) if one.isprintable() or one.isspace())
    return " ".join(shown.split())


def freshness(entries: Iterable[Entry], taken: Iterable[Taken]) -> list[str]:
    """The fingerprints of the sources that a language is translated from, once ``taken`` is written."""
    made = {one.entry.id: fingerprint(one.entry.path, one.source) for one in taken}
    kept = {one.id: one.fingerprint for one in entries if one.state is State.DONE}
    return list(dict.fromkeys((kept | made).values()))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _some(ids: Sequence[str]) -> str:
    more = len(ids) - NAMED
    return ", ".join(ids[:NAMED]) + (f" and {more} more" if more > 0 else "")
