"""What kind of value the answer to a question is, as expressions know it."""

from flows.language.expressions import BOOL, CODE, CODES, DATE, FILES, NUMBER, TEXT, TIMES
from flows.language.model import Question

KINDS = {
    "text": TEXT,
    "integer": NUMBER,
    "decimal": NUMBER,
    "range": NUMBER,
    "date": DATE,
    "select_one": CODE,
    "select_multiple": CODES,
    "geopoint": TEXT,
    "media": FILES,
    "phone": TEXT,
    "email": TEXT,
    "consent": CODE,
    "repeat": TIMES,
}


def kind_of(question: Question) -> str:
    """The kind of value that a question's answer is, as expressions know it."""
    if question.type == "calculate":
        return question.calculation.known.kind if question.calculation else BOOL
    return KINDS[question.type]
