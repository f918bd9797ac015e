"""A small town for the tests of the admin view: residents who write, through the real functions, at a clock we hold."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from flows import Said, converse, load
from storage import contacts, interviews, library, messages, outgoing, saving, suppressions
from storage.db import Database
from storage.models import Contact

STREET = """
flow: street
title: {en: Life in our street, es: La vida en nuestra calle}
languages: [en, es]
keywords: {en: [STREET], es: [CALLE]}
contact: Our Rights Our City, 404-555-0100
consent:
  label: {en: May we ask you about your street?, es: ¿Podemos preguntarle sobre su calle?}
  declined: {en: We keep no answers., es: No guardamos respuestas.}
questions:
  street:
    type: text
    label: {en: Which street do you live in?, es: ¿En qué calle vive?}
  people:
    type: integer
    label: {en: How many of you live there?, es: ¿Cuántas personas viven ahí?}
  issues:
    type: select_multiple
    label: {en: What is wrong there?, es: ¿Qué está mal ahí?}
    choices:
      water: {en: "Water, lead", es: "Agua, plomo"}
      heat: {en: Heat, es: Calefacción}
  since:
    type: date
    relevant: heat in issues
    label: {en: Since when is there no heat?, es: ¿Desde cuándo no hay calefacción?}
  quote:
    type: consent
    scope: quote
    label: {en: May we print your words?, es: ¿Podemos publicar sus palabras?}
closing: {en: Thank you., es: Gracias.}
"""

AGAIN = STREET.replace(
    "closing:",
    """  again:
    type: consent
    scope: follow_up
    label: {en: May we write to you again?, es: ¿Podemos escribirle de nuevo?}
closing:""",
)

START = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)


@dataclass
class Clock:
    """The time that everything goes by; tests move it."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **much: float) -> None:
        self.at += timedelta(**much)


@dataclass
class Town:
    """Where residents write to the bot. ``library`` is the one that the pages read with, too."""

    database: Database
    library: library.Library
    clock: Clock
    sent: int = 0
    ids: list[int] = field(default_factory=list)

    def publish(self, source: str = STREET) -> None:
        with self.database.writing() as session:
            library.publish(session, load(source), source, self.clock())

    def write(self, who: str, *texts: str, channel: str = "sms", **arrival: Any) -> int:
        """``who`` sends texts one after the other; returns the interview that the last belongs to."""
        found = None
        for text in texts:
            found = self._write(who, text, channel, arrival)
        assert found is not None
        return found

    def _write(self, who: str, text: str, channel: str, arrival: dict[str, Any]) -> int | None:
        self.sent += 1
        now = self.clock()
        with self.database.writing() as session:
            contact = contacts.lock_contact(session, channel, who, now)
            came = messages.Arrival(contact.id, channel, f"m{self.sent}", text, now, **arrival)
            message_id = messages.claim(session, came)
            assert message_id is not None
            standing = interviews.standing(session, contact, self.library, now)
            said = Said(text, media=tuple(str(one.get("content_type")) for one in came.media))
            outcome = converse(self.library.catalog(session), standing, said, now.date())
            interview_id = saving.save(session, contact, outcome, self.library, message_id, now)
            filed = messages.Filed(interview_id, outcome.heard, outcome.slot, outcome.attention)
            messages.file(session, message_id, filed)
            self._settle(session, contact, outcome)
            if outcome.reply:
                outgoing.write(
                    session,
                    contact.id,
                    channel,
                    outcome.reply.text,
                    now,
                    choices=outcome.reply.choices,
                    interview_id=interview_id,
                )
            self.ids.append(message_id)
        return interview_id

    def _settle(self, session: Session, contact: Contact, outcome: Any) -> None:
        contact.language = outcome.language or contact.language
        contact.menu = outcome.menu.value
        if outcome.stopped:
            contacts.stop(session, contact, suppressions.BY_WORD, self.clock())
        elif outcome.stopped is False:
            contacts.lift(session, contact)

    def pseudonym(self, who: str, channel: str = "sms") -> str:
        with self.database.writing() as session:
            return contacts.lock_contact(session, channel, who, self.clock()).pseudonym
