"""Our own list of who gets no messages: addresses, known by keyed digests alone, whatever channel they are used on.

It is the one truth about opting out. It outlives the contact, so an erased person who comes back is still stopped.
It knows nothing of interviews and messages: what ends with an opt-out is decided in ``bot``.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, literal, select
from sqlalchemy.orm import Session

from storage.db import insert_into, vault_of
from storage.models import Suppression
from storage.prepared import Prepared

# The will of the person, by a word, at the carrier or in Telegram: only the person takes it back.
BY_WORD, BY_CARRIER, BY_BLOCKING = "stop", "carrier", "blocked"
# What we found out: it holds back what we begin, and is forgotten when the person writes.
UNREACHABLE = "unreachable"

PREFIXES = ("whatsapp:", "rcs:", "messenger:")  # Twilio's, for other ways to the same number
_NUMBER = re.compile(r"\+[0-9]+")

FIND = Prepared(
    lambda: select(Suppression.reason, Suppression.at).where(
        Suppression.digest.in_(bindparam("digests", expanding=True))
    )
)


class Suppressed(NamedTuple):
    """Why an address gets no messages, and since when."""

    reason: str
    at: datetime

    @property
    def willed(self) -> bool:
        """Whether the person wants it so."""
        return self.reason != UNREACHABLE

    def silences(self, written: datetime) -> bool:
        """Whether a message that was written then must stay unsent: all do, but the one that confirms a STOP."""
        confirms = self.reason == BY_WORD and written == self.at
        return self.willed and not confirms


def spellings(address: str) -> list[str]:
    """Every way in which the same person's number may be written, the bare one first."""
    bare = address
    for prefix in PREFIXES:
        bare = bare.removeprefix(prefix)
    if not _NUMBER.fullmatch(bare):
        return [address]
    return [bare, *(prefix + bare for prefix in PREFIXES)]


def digests(session: Session, address: str) -> list[bytes]:
    """All by which a person may be known; first the one that is written, of the bare address under the newest key."""
    vault = vault_of(session)
    return [digest for spelt in spellings(address) for digest in vault.digests(spelt)]


def find(session: Session, address: str) -> Suppressed | None:
    """Why the person at ``address`` gets no messages; None when nothing stands against them."""
    found = [Suppressed(*row) for row in FIND.all(session, digests=digests(session, address))]
    return min(found, key=lambda one: (not one.willed, one.at), default=None)


def add(session: Session, address: str, reason: str, now: datetime) -> bool:
    """Suppress the person at ``address``; returns whether that is new.

    The first reason stands, but for the person's will, which comes before what we found out.
    """
    held = find(session, address)
    if held and (held.willed or reason == UNREACHABLE):
        return False
    written = digests(session, address)[0]
    if held:
        lift(session, address, UNREACHABLE)
    return write(session, written, reason, now)


def lift(session: Session, address: str, *reasons: str) -> None:
    """Let the person at ``address`` have messages again, if they had none for one of ``reasons``, or for any."""
    wanted = delete(Suppression).where(Suppression.digest.in_(digests(session, address)))
    if reasons:
        wanted = wanted.where(Suppression.reason.in_(reasons))
    session.execute(wanted.execution_options(synchronize_session=False))


def rekey(session: Session, addresses: Iterable[str]) -> None:
    """Know the suppressed among ``addresses`` by the newest key's digest of the bare address, and by no other."""
    newest = {
        digest: first
        for first, *others in (digests(session, address) for address in addresses)
        for digest in others
    }
    older = (
        delete(Suppression)
        .where(Suppression.digest.in_(newest))
        .returning(Suppression.digest, Suppression.reason, Suppression.at)
        .execution_options(synchronize_session=False)
    )
    for digest, reason, at in session.execute(older).all():
        write(session, newest[digest], reason, at)


def write(session: Session, digest: bytes, reason: str, at: datetime) -> bool:
    """Add a row, or put the person's will in the place of a finding; whoever comes second changes nothing."""
    statement = insert_into(session, Suppression).values(digest=digest, reason=reason, at=at)
    finding = (Suppression.reason == UNREACHABLE) & (literal(reason) != UNREACHABLE)
    written = statement.on_conflict_do_update(
        index_elements=["digest"], set_={"reason": reason, "at": at}, where=finding
    ).returning(Suppression.digest)
    return session.execute(written).first() is not None
