"""House rules: what owners set for all staff, in the database, so that it counts at once in every process."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage import audit
from storage.db import insert_into
from storage.models import HouseRule
from storage.prepared import Prepared

_HOLDS = Prepared(lambda: select(HouseRule.holds).where(HouseRule.name == bindparam("rule")))


class Rule(StrEnum):
    """What can be set. A rule that was never set does not hold."""

    SECOND_FACTOR = "second_factor"  # nobody works here with a password alone
    SECOND_PERSON = "second_person"  # a number is shown only when somebody else agrees


def holds(session: Session, rule: Rule) -> bool:
    """Whether ``rule`` is in force."""
    return bool(_HOLDS.one(session, rule=rule.value))


def all_of_them(session: Session) -> Mapping[Rule, bool]:
    """Every rule, and whether it is in force."""
    return {rule: holds(session, rule) for rule in Rule}


def put(session: Session, rule: Rule, value: bool, staff_id: int | None, now: datetime) -> None:
    """Set a rule; what is so already is not written down again."""
    if holds(session, rule) == value:
        return
    values = {"holds": value, "set_at": now, "set_by": staff_id}
    session.execute(
        insert_into(session, HouseRule)
        .values(name=rule.value, **values)
        .on_conflict_do_update(index_elements=["name"], set_=values)
    )
    audit.record(session, now, "rule", f"rule:{rule.value}", staff_id, holds=value)
    session.flush()
