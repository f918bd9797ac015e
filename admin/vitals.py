"""How the service is just now, as the page of alerts needs it: read in one go, judged elsewhere."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from admin.desk import Desk
from storage import audit, contacts, failures, quarantine, schema, watching
from storage.disk import Disk, disks
from storage.exports import register
from storage.failures import NotArrived
from storage.limiting import Standing
from storage.testimonies import Filter
from storage.vault import VaultError
from storage.watching import REPLIES, SLOW, Waiting

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
REASONS = 50


@dataclass(frozen=True)
class Vitals:
    """What was found. ``late`` and ``slow_late``: for how many seconds work has been due; ``commit``: seconds that a
    commit of this process takes, None where there were few.
    """

    behind: bool
    wrong_keys: bool
    old_key: bool
    waiting: tuple[Waiting, ...]
    late: float
    slow_late: float
    trying: tuple[NotArrived, ...]
    not_arrived: tuple[NotArrived, ...]
    marked: int
    quarantined: int
    failed_at: int
    exports_failed: int
    commit: float | None
    disks: tuple[Disk, ...]
    limits: Standing
    missed: int

    def queued(self, *kinds: str) -> int:
        """How many jobs of these kinds are not done."""
        return sum(one.number for one in self.waiting if one.kind in kinds)


def read(desk: Desk, session: Session) -> Vitals:
    """How it is now."""
    now = desk.now()
    limits = desk.limits(session)
    late = watching.late(session, now, limits.shut)
    wrong = _wrong_keys(session)
    return Vitals(
        behind=schema.revision(desk.database.engine) != schema.head(),
        wrong_keys=wrong,
        old_key=not wrong and watching.under_an_old_key(session),
        waiting=tuple(watching.waiting(session)),
        late=late[REPLIES],
        slow_late=late[SLOW],
        trying=tuple(watching.trying(session, REASONS)),
        not_arrived=tuple(failures.not_arrived(session, Filter(since=now - HOUR))),
        marked=watching.marked(session),
        quarantined=quarantine.count(session),
        failed_at=watching.failed_at(session),
        exports_failed=watching.exports(session, now - WEEK).get(register.FAILED, 0),
        commit=desk.database.pulse.commit(),
        disks=tuple(disks(desk.places)),
        limits=limits,
        missed=audit.summed(session, "reconcile", "received", now - DAY),
    )


def _wrong_keys(session: Session) -> bool:
    try:
        contacts.try_keys(session)
    except VaultError:
        return True
    return False
