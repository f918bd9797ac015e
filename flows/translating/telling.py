"""What a translator is told about a text: what it is, what its placeholders will show, and how long it may be.

In English, the language of the people who run the program; nothing here is sent to a contact.
"""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Any

from flows.checks.fitting import MAX_MESSAGE
from flows.language.entries import Entry, State, entries, record_of
from flows.language.forms import item_path
from flows.language.model import Flow, Path, Question
from flows.language.piping import date_in_words, pipes
from flows.language.texts import by_language
from flows.notation.reading import Document
from flows.sms import GSM7, UCS2, segments

HEAD: dict[Path, str] = {
    ("title",): "The title of the survey.",
    ("contact",): "Whom people can ask: a name and a number. Names stay as they are.",
    ("keywords",): "Words that start the survey when someone texts them.",
    ("consent", "label"): "The first message: asks for consent, to be answered with yes or no.",
    ("consent", "declined"): "Said after a no to the consent.",
    ("closing",): "Said at the end.",
    ("leave",): "Words that people send to break it off without a trace; any will do.",
    ("not_private",): "Said by text message before a sensitive question: who else can read it.",
}
CARE = {
    "words": "What people write who are in danger; not word for word, but as they would say it.",
    "label": "Said at once to who is in danger: where help is. Numbers may differ by language.",
}
TYPES = {
    "note": "A message that wants no answer",
    "text": "A question, answered in words",
    "integer": "A question, answered with a whole number",
    "decimal": "A question, answered with a number",
    "range": "A question, answered with a number on a scale",
    "date": "A question, answered with a date",
    "select_one": "A question, answered with one of its choices",
    "select_multiple": "A question, answered with one or more of its choices",
    "geopoint": "A question for a place",
    "media": "A question for a photo, a voice message or a video",
    "phone": "A question for a phone number",
    "email": "A question for an e-mail address",
    "consent": "A question, answered with yes or no",
    "calculate": "The name of something calculated",
    "group": "A heading over some questions",
    "repeat": "A heading over questions that are asked several times",
}
PARTS = {
    "hint": "A hint to the question",
    "purpose": "Why it is asked: said with the question",
    "constraint_message": "Said when an answer is not possible, to the question",
    "repeat": "Asks whether there is another time to tell of, after the questions of",
}
# languages that can be written, with some care, in the letters that a text message holds 160 of
PLAIN_LETTERS = (
    *("da", "de", "en", "es", "fi", "fil", "fr", "ht", "id", "it", "ms", "nb", "nl", "no", "pt"),
    *("rw", "so", "sv", "sw", "tl", "xh", "yo", "zu"),
)
SHORT_CHOICE = 30  # what a button shows whole
LIMITS = {GSM7: (160, 153), UCS2: (70, 67)}
SOME_DAY = date(2026, 5, 31)
MAY_STAY_EMPTY = "May stay empty."


def told(
    flow: Flow, document: Document, language: str, older: Document | None = None
) -> tuple[Entry, ...]:
    """All entries of a flow as a translator gets them; ``older``, a copy from before, tells what a text once said."""
    teller = _Teller(flow, document, language)
    recorded = record_of(document, language) or frozenset()
    before = {one.id: one for one in entries(older, language)} if older else {}
    for_translators = []
    for entry in entries(document, language):
        once = before.get(entry.id)
        stale = entry.state is State.STALE
        previous = once.source if once and stale and once.fingerprint in recorded else ""
        for_translators.append(teller.tell(replace(entry, previous=previous)))
    return tuple(for_translators)


@dataclass(frozen=True)
class _Teller:
    flow: Flow
    document: Document
    language: str

    def tell(self, entry: Entry) -> Entry:
        return replace(
            entry,
            context=self.context(entry.path),
            placeholders=dict(self.placeholders(entry)),
            longest=0 if entry.words else longest(entry, self.language),
            note=note(entry, self.language),
        )

    def context(self, path: Path) -> str:
        if path in HEAD:
            return HEAD[path]
        if path[0] == "care":
            return f"{CARE[str(path[2])]} ({path[1]})"
        if path[0] == "choice_lists":
            return self.choice(path[2:], ("choice_lists", path[1]), f"of the list {path[1]}")
        item = item_path(path)
        asked = f"“{self.asked(item)}”"
        key = path[len(item)]
        if key == "choices":
            return self.choice(
                path[len(item) + 1 :], (*item, "choices"), f"of the question {asked}"
            )
        if key == "label":
            return f"{TYPES[self.kind(item)]}."
        return f"{PARTS[str(key)]} {asked}."

    def choice(self, inside: Path, choices: Path, where: str) -> str:
        """What a text of a choice is: ``inside`` is its place among the ``choices``."""
        label = self.said((*choices, inside[0]), (*choices, inside[0], "label"))
        match inside[1:]:
            case ("accept",):
                return f"Other words people may type for the choice “{label}” {where}."
            case ("other",):
                return f"Asked of those who chose “{label}” {where}."
        return f"A choice {where}. Keep it short."

    def kind(self, item: Path) -> str:
        written: Any = self.document.at(item)
        return str(written.get("type") or ("repeat" if "repeat" in written else "group"))

    def asked(self, item: Path) -> str:
        return self.said((*item, "label")) or str(item[-1])

    def said(self, *paths: Path) -> str:
        """The first source text that stands at one of ``paths``, in short."""
        first = self.flow.source_language
        for path in paths:
            text = by_language(self.document.at(path), first).get(first)
            if isinstance(text, str):
                return textwrap.shorten(text, 70, placeholder="…")
        return ""

    def placeholders(self, entry: Entry) -> Iterator[tuple[str, str]]:
        for name, _ in pipes(entry.source):
            if question := self.flow.by_id.get(name):
                yield name, self.shown(question)

    def shown(self, question: Question) -> str:
        """What a placeholder will be replaced with."""
        label = self.flow.say(question.label, self.flow.source_language)
        asked = f"the answer to “{textwrap.shorten(label, 70, placeholder='…')}”"
        if question.choices:
            example = self.flow.say(question.choices[0].label, self.language)
            return f"{asked}, such as “{example}”"
        match question.type:
            case "repeat":
                return "a number: which time it is, or how many times there were"
            case "date":
                return f"{asked}, such as “{date_in_words(SOME_DAY, self.language)}”"
            case "integer" | "decimal" | "range":
                return f"{asked}, a number"
            case "calculate":
                return f"what was calculated ({question.id})"
        return asked


def longest(entry: Entry, language: str) -> int:
    """How many characters are good: as many as go into the messages that the source takes."""
    if "choices" in entry.path[-3:] or entry.path[0] == "choice_lists":
        return max(SHORT_CHOICE, ceil(len(entry.source) * 1.5))
    encoding, count = segments(entry.source)
    if encoding == GSM7 and language.split("-")[0] not in PLAIN_LETTERS:
        encoding = UCS2
        count = ceil(len(entry.source) / LIMITS[UCS2][1])
    single, joined = LIMITS[encoding]
    return min(single if count == 1 else joined * count, MAX_MESSAGE)


def note(entry: Entry, language: str) -> str:
    """What else a translator should know."""
    said = []
    if entry.state is State.STALE:
        said.append("The source has changed since this was translated.")
    if entry.previous:
        said.append(f"It said before: “{entry.previous}”")
    plain_letters = segments(entry.source)[0] == GSM7 and language.split("-")[0] in PLAIN_LETTERS
    if entry.words:
        said.append("Words people may type, any number of them, with commas between.")
    elif plain_letters and len(entry.source) > SHORT_CHOICE:
        said.append("Letters outside of the text message alphabet (such as á, í, ş) cost more.")
    if not entry.needed:
        said.append(MAY_STAY_EMPTY)
    return " ".join(said)
