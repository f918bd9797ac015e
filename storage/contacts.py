"""Contacts: found by the keyed HMAC of their address, locked while a message of theirs is handled."""

import secrets
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from storage.db import insert_into, vault_of
from storage.models import Contact

ALPHABET = (
    "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread aloud, nothing that spells words
)
PURPOSE = "contact.address"

# Why a contact gets no messages.
BY_WORD, BY_CARRIER, BY_BLOCKING = "stop", "carrier", "blocked"


def find_contact(session: Session, channel: str, address: str) -> Contact | None:
    """The contact at ``address``, if there is one."""
    return session.scalar(_wanted(channel, vault_of(session).digests(address)))


def lock_contact(session: Session, channel: str, address: str, now: datetime) -> Contact:
    """The contact at ``address``, made if new, its row locked until the transaction ends."""
    vault = vault_of(session)
    digests = vault.digests(address)
    wanted = _wanted(channel, digests).with_for_update()
    length = 4
    while (contact := session.scalar(wanted)) is None:
        session.execute(
            insert_into(session, Contact)
            .values(
                channel=channel,
                address_digest=digests[0],
                address=vault.seal(address, PURPOSE),
                pseudonym=_pseudonym(length),
                created_at=now,
            )
            .on_conflict_do_nothing()  # the address is known by now, or the pseudonym is taken
        )
        length += 1
    return contact


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


def stop(session: Session, contact_id: int, reason: str, now: datetime) -> None:
    """End messages to a contact. The first reason stands."""
    session.execute(
        update(Contact)
        .where(Contact.id == contact_id, Contact.stopped_at.is_(None))
        .values(stopped_at=now, stop_reason=reason)
    )


def lift(session: Session, contact_id: int) -> None:
    """Allow messages to a contact again."""
    session.execute(
        update(Contact).where(Contact.id == contact_id).values(stopped_at=None, stop_reason=None)
    )


def try_keys(session: Session) -> None:
    """Open the newest address; raises VaultError when the keys are not those of this database."""
    newest = (
        select(Contact).where(Contact.address.is_not(None)).order_by(Contact.id.desc()).limit(1)
    )
    if contact := session.scalar(newest):
        address_of(session, contact)
