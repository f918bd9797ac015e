"""What staff searched for: kept sealed, because it may hold somebody's name, and for a season only.

The audit log names a search by its id; here, and nowhere else, stands what it was for. An erasure takes along what
would be found in the words of the erased, and words that are removed for good what looked for any of them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage import permits
from storage.answers import WORDS, words_in
from storage.contacts import PURPOSE as ADDRESS
from storage.db import vault_of
from storage.masks import answers_of
from storage.matching import MOST, Sought
from storage.messages import BODY, told_by
from storage.models import AnswerRow, Contact, InterviewRow, MessageRow, Search, Translation
from storage.permits import Permit
from storage.translations import PURPOSE as TRANSLATED
from storage.vault import VaultError

PURPOSE = "search.text"
KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Kept:
    """A search as it was asked for: its words, and the filters as an address has them."""

    id: int
    text: str
    filters: Mapping[str, str]


def keep(
    session: Session, staff_id: int, text: str, filters: Mapping[str, str], now: datetime
) -> int:
    """Keep what a member searches for, and let go of what is too old; returns its id."""
    permits.require(session, staff_id, Permit.WORDS)
    session.execute(delete(Search).where(Search.at < now - KEPT_FOR))
    sealed = vault_of(session).seal(text[:MOST], PURPOSE)
    row = Search(staff_id=staff_id, text=sealed, filters=dict(filters), at=now)
    session.add(row)
    session.flush()
    return row.id


def of(session: Session, search_id: int, staff_id: int) -> Kept | None:
    """A search, for the member who asked for it; None for everybody else's."""
    row = session.get(Search, search_id)
    if row is None or row.staff_id != staff_id:
        return None
    return Kept(row.id, vault_of(session).open(row.text, PURPOSE), row.filters)


def texts(session: Session, ids: Collection[int]) -> dict[int, str]:
    """What these searches were for, as far as it is kept; for the page of the audit log."""
    rows = session.execute(select(Search.id, Search.text).where(Search.id.in_(ids)))
    return {number: vault_of(session).open(sealed, PURPOSE) for number, sealed in rows}


def forget(session: Session, contact: Contact) -> None:
    """Take away every search that finds a contact who is being erased; call it while the words are still there."""
    told = " … ".join(_told(session, contact))
    _let_go(session, lambda sought: sought.found_in(told))


def forget_words(session: Session, words: str) -> None:
    """Take away every search in which one of these words is, which are removed for good."""
    _let_go(session, lambda sought: sought.meets(words))


def _let_go(session: Session, tells: Callable[[Sought], bool]) -> None:
    """Take away the searches that tell something, and those that no key opens: nobody knows what they tell."""
    rows = session.execute(select(Search.id, Search.text))
    theirs = [
        number
        for number, sealed in rows
        if (text := _opened(session, sealed, PURPOSE)) is None or tells(Sought(text))
    ]
    session.execute(delete(Search).where(Search.id.in_(theirs)))


def _told(session: Session, contact: Contact) -> Iterator[str]:
    """All that is known of a contact in words: pseudonym, address, messages, answers and their translations."""
    yield contact.pseudonym
    yield _opened(session, contact.address, ADDRESS) or "" if contact.address else ""
    for body in session.scalars(select(MessageRow.body).where(told_by(contact.id))):
        yield _opened(session, body, BODY) or ""
    theirs = select(InterviewRow.id).where(InterviewRow.contact_id == contact.id)
    answers = select(AnswerRow.value, AnswerRow.words).where(
        AnswerRow.interview_id.in_(theirs), AnswerRow.words.is_not(None)
    )
    for value, words in session.execute(answers):
        yield words_in(value, _opened(session, words, WORDS) or "")
    translated = select(Translation.words).where(
        Translation.answer_id.in_(answers_of(contact.id)), Translation.words.is_not(None)
    )
    for sealed in filter(None, session.scalars(translated)):
        yield _opened(session, sealed, TRANSLATED) or ""


def _opened(session: Session, sealed: bytes, purpose: str) -> str | None:
    """The words; None for what no key opens, which must not stand in the way of an erasure."""
    try:
        return vault_of(session).open(sealed, purpose)
    except VaultError:
        return None
