"""The questions that expressions of forms are about in the tests."""

from flows.language.expressions import CODE, CODES, DATE, INSIDE, NUMBER, TEXT, TIMES, Known
from flows.xlsform.meaning import Meaning

SCOPE = {
    "age": Known(NUMBER),
    "people": Known(NUMBER),
    "agrees": Known(CODE, ("yes", "no")),
    "main": Known(CODE, ("rent", "water", "none")),
    "issues": Known(CODES, ("rent", "water", "lead_pipe", "none")),
    "born": Known(DATE),
    "moved": Known(DATE),
    "name": Known(TEXT),
    "child": Known(TIMES),
    "school": Known(INSIDE, repeat="child"),
}
MEANING = Meaning(
    SCOPE,
    {**{name: name for name in SCOPE}, "Your Age": "age"},
    {"issues": {"lead pipe": "lead_pipe"}},
    {"consent": "1"},
    frozenset({"day"}),
)
OWN = Meaning(SCOPE, {name: name for name in SCOPE}, own="age")
