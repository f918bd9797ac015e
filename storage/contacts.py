"""Contacts: found by the keyed HMAC of their address, locked while a message of theirs is handled."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from flows.talking.codes import ALPHABET
from storage import suppressions
from storage.db import is_shared, take_turn, vault_of
from storage.models import Contact
from storage.prepared import Prepared, entity, whole
from storage.suppressions import UNREACHABLE, Suppressed
from storage.together import NotAtOnce

PURPOSE = "contact.address"


def _at(channel: Any, digests: Any) -> Select[Any]:
    wanted = (Contact.channel == channel) & Contact.address_digest.in_(digests)
    return select(*whole(Contact)).where(wanted)


_WANTED: Any = (bindparam("channel"), bindparam("digests", expanding=True))
_FIND = Prepared(lambda: _at(*_WANTED))
_LOCK = Prepared(lambda: _at(*_WANTED).with_for_update())
_LOCK_AT_ONCE = Prepared(lambda: _at(*_WANTED).with_for_update(skip_locked=True))
# the address is known by now, or the pseudonym is taken
_MAKE = Prepared(
    lambda insert: insert(Contact).on_conflict_do_nothing(),
    *("channel", "address_digest", "address", "pseudonym", "created_at"),
    inserts=True,
)


def find_contact(session: Session, channel: str, address: str) -> Contact | None:
    """The contact at ``address``, if there is one."""
    found = _FIND.first(session, channel=channel, digests=vault_of(session).digests(address))
    return entity(session, Contact, found)


def lock_contact(session: Session, channel: str, address: str, now: datetime) -> Contact:
    """The contact at ``address``, made if new, its row locked until the transaction ends.

    What one person says by SMS and by WhatsApp is taken one after the other. Raises NotAtOnce in a transaction that
    others share, for a contact who is new or in another's hands.
    """
    vault = vault_of(session)
    digests = vault.digests(address)
    if is_shared(session):
        _LOCK_AT_ONCE.foresee(session, channel=channel, digests=digests)
        _take_turn(session, address)
        free = _LOCK_AT_ONCE.first(session, channel=channel, digests=digests)
        if free is None:
            raise NotAtOnce
        return cast(Contact, entity(session, Contact, free))
    _take_turn(session, address)
    length = 4
    while (row := _LOCK.first(session, channel=channel, digests=digests)) is None:
        _MAKE.run(
            session,
            channel=channel,
            address_digest=digests[0],
            address=vault.seal(address, PURPOSE),
            pseudonym=_pseudonym(length),
            created_at=now,
        )
        length += 1
    return cast(Contact, entity(session, Contact, row))


def _take_turn(session: Session, address: str) -> None:
    """Of those who handle a person with several contacts, made or not, one goes on and the others wait.

    The turn comes before any row: so nobody holds one contact and waits for who holds the other.
    """
    if len(suppressions.spellings(address)) > 1:
        take_turn(session, suppressions.digests(session, address)[0])


def lock_beside(session: Session, channel: str, address: str, other_id: int) -> None:
    """Lock the contacts of a person and another contact together, in the one order in which all are locked."""
    _take_turn(session, address)
    digests = suppressions.digests(session, address)
    theirs = (Contact.channel == channel) & Contact.address_digest.in_(digests)
    wanted = select(Contact.id).where(theirs | (Contact.id == other_id))
    session.execute(wanted.order_by(Contact.id).with_for_update())


def lock_person(session: Session, contact_id: int) -> list[Contact]:
    """A contact and the others of the same number, locked until the transaction ends; the contact comes first."""
    contact = session.get_one(Contact, contact_id)
    address = address_of(session, contact)
    if address is None:
        return [contact]
    person = lock_number(session, contact.channel, address)
    if contact not in person:  # the address went before it was locked
        session.refresh(contact)
        return [contact]
    return sorted(person, key=lambda one: one.id != contact_id)


def lock_number(session: Session, channel: str, address: str) -> Sequence[Contact]:
    """The contacts of a number, in whichever way it is written, locked until the transaction ends; none is made."""
    _take_turn(session, address)
    wanted = _wanted(channel, suppressions.digests(session, address))
    return session.scalars(wanted.order_by(Contact.id).with_for_update()).all()


def find_pseudonym(session: Session, pseudonym: str) -> Contact | None:
    """The contact who is shown as ``pseudonym``, unless erased."""
    return session.scalar(_named(pseudonym))


def lock_pseudonym(session: Session, pseudonym: str) -> Contact | None:
    """The same, its row locked until the transaction ends."""
    return session.scalar(_named(pseudonym).with_for_update())


def _named(pseudonym: str) -> Select[Contact]:
    wanted = pseudonym.strip().upper()
    return select(Contact).where(Contact.pseudonym == wanted, Contact.address.is_not(None))


def _wanted(channel: str, digests: list[bytes]) -> Select[Contact]:
    return select(Contact).where(Contact.channel == channel, Contact.address_digest.in_(digests))


def _pseudonym(length: int) -> str:
    return "R-" + "".join(secrets.choice(ALPHABET) for _ in range(length))


def address_of(session: Session, contact: Contact) -> str | None:
    """The address in clear, for sending; None when the contact was erased."""
    if contact.address is None:
        return None
    return vault_of(session).open(contact.address, PURPOSE)


def suppression_of(session: Session, contact: Contact) -> Suppressed | None:
    """Why the person gets no messages on any channel, and since when; None for those who may have them."""
    address = address_of(session, contact)
    return None if address is None else suppressions.find(session, address)


def is_stopped(session: Session, contact: Contact) -> bool:
    """Whether the person wants no messages. The unreachable are not among them: they are answered when they write."""
    held = suppression_of(session, contact)
    return held is not None and held.willed


def hear_from(session: Session, contact: Contact) -> bool:
    """Note that the person has written, so is not out of reach; returns whether they want no messages all the same."""
    held = suppression_of(session, contact)
    if held is not None and not held.willed:
        lift(session, contact, UNREACHABLE)
    return held is not None and held.willed


def stop(session: Session, contact: Contact, reason: str, now: datetime) -> bool:
    """End messages to the person, on every channel; returns whether that is new. The first reason stands."""
    address = address_of(session, contact)
    return address is not None and suppressions.add(session, address, reason, now)


def lift(session: Session, contact: Contact, *reasons: str) -> None:
    """Allow messages to the person again, on every channel: if they had none for one of ``reasons``, or for any."""
    address = address_of(session, contact)
    if address is not None:
        suppressions.lift(session, address, *reasons)


def try_keys(session: Session) -> None:
    """Open the newest address; raises VaultError when the keys are not those of this database."""
    newest = (
        select(Contact).where(Contact.address.is_not(None)).order_by(Contact.id.desc()).limit(1)
    )
    if contact := session.scalar(newest):
        address_of(session, contact)
