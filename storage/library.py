"""The published flows: stored under their hash, kept loaded in memory.

A version never changes once stored, so a loaded Flow is kept as long as the process lives.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import cast

from sqlalchemy import Executable, exists, select, tuple_
from sqlalchemy.orm import Session, aliased

from flows import Catalog, Flow, load
from flows.framework.model import Framework
from flows.framework.reading import framework_in, shipped
from storage.db import insert_into
from storage.models import FlowVersion
from storage.prepared import Prepared

CATALOG = "catalog"  # of a session's ``info``: that of a transaction
LISTED = (
    FlowVersion.id,
    FlowVersion.flow,
    FlowVersion.hash,
    FlowVersion.published_at,
    FlowVersion.published_by,
)


@dataclass(frozen=True)
class Published:
    """A flow version as it is listed; ``published_by`` is a staff member's id, None for the command line."""

    id: int
    flow: str
    hash: str
    published_at: datetime
    published_by: int | None = None


def _current() -> Executable:
    newer = aliased(FlowVersion)
    outdated = exists().where(
        newer.flow == FlowVersion.flow,
        tuple_(newer.published_at, newer.id) > tuple_(FlowVersion.published_at, FlowVersion.id),
    )
    return select(*LISTED).where(~outdated).order_by(FlowVersion.flow)


CURRENT = Prepared(_current)


def publish(
    session: Session, flow: Flow, source: str, now: datetime, staff_id: int | None = None
) -> bool:
    """Make ``flow`` the current version under its name; returns False when it was already.

    An older version published again is current again: so a flow is rolled back.
    """
    current = next((one for one in current_versions(session) if one.flow == flow.name), None)
    if current and current.hash == flow.version:
        return False
    if current:  # last published is current, even when the clock went back
        now = max(now, current.published_at + timedelta(microseconds=1))
    done = {"published_at": now, "published_by": staff_id}
    session.execute(
        insert_into(session, FlowVersion)
        .values(flow=flow.name, hash=flow.version, source=source, **done)
        .on_conflict_do_update(index_elements=["flow", "hash"], set_=done)
    )
    session.info.pop(CATALOG, None)
    return True


def current_versions(session: Session) -> list[Published]:
    """The current version of every flow, by name."""
    return [Published(*row) for row in CURRENT.all(session)]


def versions(session: Session, flow: str) -> list[Published]:
    """Every version of a flow, the one published last (the current one) first."""
    newest = (FlowVersion.published_at.desc(), FlowVersion.id.desc())
    rows = session.execute(select(*LISTED).where(FlowVersion.flow == flow).order_by(*newest))
    return [Published(*row) for row in rows]


def source_of(session: Session, version_id: int) -> str:
    """The text that a version was published with."""
    return session.scalars(select(FlowVersion.source).where(FlowVersion.id == version_id)).one()


class Library:
    """Loaded flows by version id, shared by the threads of one process; and the themes that answers are coded by.

    ``folder`` is that of the flows: where it holds themes of its own, these count.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._flows: dict[int, Flow] = {}
        self._ids: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    @cached_property
    def themes(self) -> Framework:
        """Read when they are first wanted; raises FlowErrors and OSError."""
        return framework_in(self._folder) if self._folder else shipped()

    def catalog(self, session: Session) -> Catalog:
        """The current version of every published flow, by name; read once in a transaction."""
        transaction = session.get_transaction()
        kept, catalog = session.info.get(CATALOG, (None, None))
        if catalog is not None and kept is transaction:
            return cast(Catalog, catalog)
        found = {
            version.flow: self.flow(session, version.id) for version in current_versions(session)
        }
        session.info[CATALOG] = (session.get_transaction(), found)
        return found

    def flow(self, session: Session, version_id: int) -> Flow:
        """The flow of a stored version."""
        flow = self._flows.get(version_id)
        if flow is None:
            flow = load(source_of(session, version_id), trusted=True)
            with self._lock:
                self._flows[version_id] = flow
                self._ids[flow.name, flow.version] = version_id
        return flow

    def id_of(self, flow: Flow) -> int:
        """The version id of a flow that came from here."""
        return self._ids[flow.name, flow.version]
