"""The list that somebody came from, as it stands in an address: its filters and its order. Shows and reads nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from admin import filters
from admin.desk import desk
from admin.filters import Asked, Choices
from storage.listing import Order

ORDERS = {
    Order.NEWEST: lazy_gettext("Newest first"),
    Order.OLDEST: lazy_gettext("Oldest first"),
    Order.MOVED: lazy_gettext("Last moved first"),
}


@dataclass(frozen=True)
class Trail:
    """What was asked for, what can be, and in which order; ``mistaken`` names what was not understood."""

    asked: Asked
    choices: Choices
    order: Order
    mistaken: tuple[str, ...]

    @property
    def values(self) -> dict[str, Any]:
        """The list again, for an address: what goes without saying is left out."""
        order = {} if self.order is Order.NEWEST else {"order": self.order.value}
        return {**self.asked.values, **order}


def read(session: Session, args: Mapping[str, str] | None = None) -> Trail:
    """The list that the address of this request, or ``args``, tells of."""
    given = request.args if args is None else args
    choices = filters.known(session, desk().library, given)
    asked = filters.read(given, choices)
    wanted = given.get("order", "").strip()
    known = wanted in list(Order)
    wrong = (str(lazy_gettext("Order")),) if wanted and not known else ()
    order = Order(wanted) if known else Order.NEWEST
    return Trail(asked, choices, order, asked.mistaken + wrong)
