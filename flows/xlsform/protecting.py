"""What protects the people who answer (care, the quiet word, the warning), on its way out and back: a form has none."""

from typing import Any

from flows.xlsform.carried import Carried
from flows.xlsform.desk import short
from flows.xlsform.rows import Rows
from flows.xlsform.wording import join_words, split_words

CARE, LEAVE, NOT_PRIVATE = "care", "leave", "not_private"
WORDS, LABEL = "care words", "care label"  # of a topic, whose name a question may have too


def protect(rows: Rows) -> None:
    """Put it on the sheet beside the form, and tell that other tools do not see it."""
    shape, carrier = rows.shape, rows.carrier
    leave = rows.by_code(shape.leave)
    rows.note_each("", LEAVE, [(code, join_words(words)) for code, words in leave.items()])
    if shape.not_private is True:
        rows.note("", NOT_PRIVATE, "true")
    elif shape.not_private:
        rows.note_each("", NOT_PRIVATE, rows.text(shape.not_private).items())
    if shape.care:
        rows.note("", CARE, join_words(shape.care))
    for topic, care in shape.care.items():
        words = rows.by_code(care.words)
        carrier.each(topic, WORDS, [(code, join_words(one)) for code, one in words.items()])
        carrier.each(topic, LABEL, rows.text(care.label).items())


def protection(carried: Carried, source: str) -> dict[str, Any]:
    """The keys of the flow that were put there."""
    found: dict[str, Any] = {}
    if leave := carried.by_language("", LEAVE):
        found[LEAVE] = {code: split_words(words) for code, words in leave.items()}
    if warning := carried.by_language("", NOT_PRIVATE):
        found[NOT_PRIVATE] = carried.said("", NOT_PRIVATE) or short(warning, source)
    if topics := split_words(carried.said("", CARE)):
        found[CARE] = {topic: _care(carried, topic, source) for topic in topics}
    return found


def _care(carried: Carried, topic: str, source: str) -> dict[str, Any]:
    words = carried.by_language(topic, WORDS).items()
    return {
        "words": {code: split_words(listed) for code, listed in words},
        "label": short(carried.by_language(topic, LABEL), source),
    }
