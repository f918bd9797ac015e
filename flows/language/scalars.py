"""Single words of a flow's YAML to what they stand for: true or false, a count, a number, a span of time."""

import re
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic_core import PydanticCustomError

UNITS = {"hour": 1, "day": 24, "week": 24 * 7, "month": 24 * 30}  # in hours
SPAN = re.compile(r"(\d{1,4}) ?(hour|day|week|month)s?")
COUNT = re.compile(r"[1-9]\d{0,2}")


def mistake(message: str, cure: str) -> PydanticCustomError:
    return PydanticCustomError("flow", "{message}\n{cure}", {"message": message, "cure": cure})


def flag(value: Any) -> Any:
    if value in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return value.lower() == "true"
    raise mistake(f"“{value}” is neither true nor false", "Write true or false.")


def count(value: Any) -> Any:
    if isinstance(value, str) and COUNT.fullmatch(value):
        return int(value)
    raise mistake(f"“{value}” is not a count", "Write a whole number, such as 5.")


def number(value: Any) -> Any:
    try:
        number = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) > 10**9:
        raise mistake(f"“{value}” is not a number", "Write a number, such as 1 or 0.5.")
    return number


def span(value: Any) -> Any:
    found = SPAN.fullmatch(value) if isinstance(value, str) else None
    if not found or not int(found[1]):
        cure = "Write a number and hours, days, weeks or months: 30 days."
        raise mistake(f"“{value}” is not a span of time", cure)
    return timedelta(hours=int(found[1]) * UNITS[found[2]])
