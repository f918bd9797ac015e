"""The questions that the conditions of the tests may know, and facts about them."""

from datetime import date
from decimal import Decimal

from small_flows import TODAY

from flows.language.compiling import compile_expression
from flows.language.expressions import CODE, CODES, DATE, NUMBER, TEXT, Facts, Known, Value

SCOPE = {
    "name": Known(TEXT),
    "age": Known(NUMBER),
    "rent": Known(NUMBER),
    "moved": Known(DATE),
    "born": Known(DATE),
    "issues": Known(CODES, ("housing", "police", "other-one", "none")),
    "main": Known(CODE, ("housing", "police", "none")),
    "ok": Known(CODE, ("yes", "no")),
    "level": Known(CODE, ("1", "2", "3rd")),
    "yes": Known(TEXT),  # a question with the name of a code
}
FACTS: dict[str, Value] = {
    "name": "Sam",
    "age": 30,
    "rent": Decimal("850.50"),
    "moved": date(2026, 5, 3),
    "issues": ("housing", "none"),
    "main": "housing",
    "ok": "no",
    "level": "2",
}  # born and yes are unknown


def result(source: str, **facts: Value) -> Value:
    """What a condition comes to on the facts above, changed by those given."""
    return compile_expression(source, SCOPE).value(Facts(FACTS | facts, TODAY))
