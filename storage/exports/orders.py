"""An order of an export as plain values, to be kept with it and made again. Nothing is read, and no right asked."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any

from storage.exports.extract import Order
from storage.narrowing import Filter, Place

WANTED = "wanted"


def plain_of(order: Order) -> dict[str, Any]:
    """What of an order differs from the table that everybody gets; its filters stand under ``wanted``."""
    return _told(order) | {WANTED: _told(order.wanted)}


def order_of(plain: dict[str, Any]) -> Order:
    """The order that ``plain_of`` has told."""
    wanted = {name: READING.get(name, _whole)(value) for name, value in plain[WANTED].items()}
    known = {field.name for field in fields(Order)} - {WANTED}
    return Order(Filter(**wanted), **{name: plain[name] for name in known & plain.keys()})


def _told(values: Order | Filter) -> dict[str, Any]:
    found = {field.name: getattr(values, field.name) for field in fields(values)}
    return {name: _plain(value) for name, value in found.items() if value and name != WANTED}


def _plain(value: Any) -> Any:
    if isinstance(value, Place):
        return [value.question, value.choice]
    return value.isoformat() if isinstance(value, datetime) else value


def _whole(value: Any) -> Any:
    """JSON knows lists where a filter has tuples."""
    return tuple(value) if isinstance(value, list) else value


READING: dict[str, Callable[[Any], Any]] = {
    "since": datetime.fromisoformat,
    "until": datetime.fromisoformat,
    "place": lambda value: Place(*value),
}
