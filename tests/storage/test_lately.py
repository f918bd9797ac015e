"""What was said before a message: however much was said since."""

from sqlalchemy.orm import Session

from storage import lately, messages, outgoing
from storage.contacts import lock_contact
from tests.storage.material import NOW, RESIDENT


def say(session: Session, contact_id: int, number: int) -> int:
    arrival = messages.Arrival(
        contact_id=contact_id,
        channel="sms",
        provider_id=f"SM{number}",
        text=f"words {number}",
        at=NOW,
    )
    made = messages.claim(session, arrival)
    assert made is not None
    return made


def test_what_came_later_does_not_count_nor_hide_what_came_before(session: Session) -> None:
    """A message that was held in quarantine is judged when others have come, and were answered."""
    contact = lock_contact(session, "sms", RESIDENT, NOW)
    said = [say(session, contact.id, number) for number in range(6)]
    for number in range(4):
        outgoing.write(session, contact.id, "sms", f"reply {number}", NOW)
    for place, message_id in enumerate(said):
        recent = lately.before(session, contact.id, message_id, 2)
        assert [one.id for one in recent] == said[:place][::-1][:2]
