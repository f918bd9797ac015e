"""Help for who sits with somebody in danger: what was said or stands on a sheet is heard as by text.

Which words tell of danger, and which help is named, the survey says. Nothing is kept or sent here.
"""

from collections.abc import Mapping

from flask_login import current_user
from sqlalchemy.orm import Session

from flows import Flow, Slot
from flows.talking.care import danger_in, named
from flows.talking.sitting import Written
from storage import alarms
from storage.alarms import Alarm


def alarms_in(flow: Flow, texts: Mapping[Slot, str], language: str) -> list[Alarm]:
    """The words that tell of danger, each with its mark."""
    found = ((slot, text, danger_in(flow, [text], language)) for slot, text in texts.items())
    return [Alarm(slot, text, danger.mark) for slot, text, danger in found if danger]


def texts_of(sheet: Mapping[Slot, Written]) -> dict[Slot, str]:
    """What stands on a sheet."""
    return {slot: one.text.strip() for slot, one in sheet.items() if one.text.strip()}


def help_for(flow: Flow, texts: Mapping[Slot, str], language: str) -> tuple[str, ...]:
    """The help that the survey names to what was told."""
    danger = danger_in(flow, texts.values(), language)
    return danger.help if danger else ()


def help_of(session: Session, interview_id: int, flow: Flow, language: str) -> tuple[str, ...]:
    """The same for a testimony that is kept."""
    return named(flow, alarms.topics(session, current_user.id, interview_id), language).help
