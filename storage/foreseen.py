"""What is surely asked of a contact who writes, said beforehand: on PostgreSQL all of it is one round trip.

Who asks stays as it is, and asks for itself where it was not foreseen rightly. A test counts the round trips.
"""

from sqlalchemy.orm import Session

from storage import interviews, lately, library, outbox, outgoing, suppressions
from storage.lines import line_of
from storage.models import Contact


def foresee(session: Session, contact: Contact, address: str, looked_back: int) -> None:
    """Say what will be asked of a contact at ``address``, of whose last messages so many are looked at."""
    if line_of(session).dialect.name != "postgresql":
        return
    outbox.WAITING.foresee(session, contact=contact.id)
    lately.NEWEST.foresee(session, contact=contact.id, most=looked_back + 1)
    suppressions.FIND.foresee(session, digests=suppressions.digests(session, address))
    outgoing.foresee(session)
    interviews.OF_CONTACT.foresee(session, contact=contact.id)
    if library.CATALOG not in session.info:  # that of those who share a transaction is read once
        library.CURRENT.foresee(session)
