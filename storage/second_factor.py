"""The second factor: codes by time (TOTP) from a secret that is sealed, and recovery codes kept as digests.

A code is good once, and for one step of time before and after its own. Nothing here counts tries: callers do.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from flows.talking.codes import ALPHABET
from storage import audit
from storage.db import vault_of
from storage.models import RecoveryCode, StaffMember

PURPOSE = "staff.totp"
STEP, WINDOW = 30, 1  # seconds, steps
SPARE, GROUPS, GROUP = 10, 4, 4


def offer(session: Session, member: StaffMember) -> str:
    """A new secret in base32; it counts once a code of it was confirmed, and until then an older one does."""
    import pyotp  # only where it is needed: the command line starts without it

    secret = pyotp.random_base32()
    member.totp_offered = vault_of(session).seal(secret, PURPOSE)
    session.flush()
    return secret


def offered(session: Session, member: StaffMember) -> str | None:
    """The secret that waits for its confirmation."""
    sealed = member.totp_offered
    return None if sealed is None else vault_of(session).open(sealed, PURPOSE)


def address(secret: str, email: str) -> str:
    """The secret as authenticator apps read it from a QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Testimony")


def confirm(session: Session, member: StaffMember, code: str, now: datetime) -> list[str] | None:
    """Put the offered secret in force if ``code`` is of it; returns new recovery codes, shown this once."""
    session.refresh(member, with_for_update=True)
    secret = offered(session, member)
    step = _step_of(secret, code, now) if secret else None
    if step is None:
        return None
    member.totp, member.totp_offered, member.totp_step = member.totp_offered, None, step
    audit.record(session, now, "second factor on", f"staff:{member.id}", member.id)
    return renew_codes(session, member, now)


def check(session: Session, member: StaffMember, code: str, now: datetime) -> bool:
    """Whether ``code`` is good, by time or for recovery; it is used up then."""
    session.refresh(member, with_for_update=True)
    if member.totp is None:
        return False
    step = _step_of(vault_of(session).open(member.totp, PURPOSE), code, now)
    if step is None:
        return _recover(session, member, code, now)
    if step <= (member.totp_step or 0):
        return False
    member.totp_step = step
    session.flush()
    return True


def remove(session: Session, member: StaffMember, by: int | None, now: datetime) -> None:
    """Take the second factor away, and its recovery codes."""
    member.totp = member.totp_offered = member.totp_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == member.id))
    audit.record(session, now, "second factor off", f"staff:{member.id}", by)
    session.flush()


def renew_codes(session: Session, member: StaffMember, now: datetime) -> list[str]:
    """Ten new recovery codes in place of those there were; shown this once."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == member.id))
    codes = [_new_code() for _ in range(SPARE)]
    session.add_all(RecoveryCode(staff_id=member.id, digest=_digest(code)) for code in codes)
    audit.record(session, now, "recovery codes", f"staff:{member.id}", member.id)
    session.flush()
    return codes


def codes_left(session: Session, member: StaffMember) -> int:
    """How many recovery codes have not been used."""
    left = select(func.count()).where(
        RecoveryCode.staff_id == member.id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(left) or 0


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step of time whose code this is, within the window."""
    import pyotp

    typed, totp = re.sub(r"\s", "", code), pyotp.TOTP(secret, interval=STEP)
    here = int(now.timestamp()) // STEP
    if not typed.isascii():
        return None
    steps = range(here - WINDOW, here + WINDOW + 1)
    return next((at for at in steps if hmac.compare_digest(totp.generate_otp(at), typed)), None)


def _recover(session: Session, member: StaffMember, code: str, now: datetime) -> bool:
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.staff_id == member.id,
            RecoveryCode.digest == _digest(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    if used.first() is None:
        return False
    left = codes_left(session, member)
    audit.record(session, now, "recovery code used", f"staff:{member.id}", member.id, left=left)
    return True


def _new_code() -> str:
    letters = (secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP))
    return "-".join("".join(next(letters) for _ in range(GROUP)) for _ in range(GROUPS))


def _digest(code: str) -> bytes:
    """Not keyed, so that a change of keys locks nobody out: a code has some 79 random bits."""
    return hashlib.sha256(re.sub(r"[\s-]", "", code).upper().encode()).digest()
