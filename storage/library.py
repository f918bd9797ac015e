"""The published flows: stored under their hash, kept loaded in memory.

A version never changes once stored, so a loaded Flow is kept as long as the process lives.
"""

import threading
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows import Catalog, Flow, load
from storage.models import FlowVersion


@dataclass(frozen=True)
class Published:
    """A flow version as it is listed."""

    id: int
    flow: str
    hash: str
    published_at: datetime


def publish(session: Session, flow: Flow, source: str, now: datetime) -> bool:
    """Make ``flow`` the current version under its name; returns False when it was already."""
    version = session.scalar(
        select(FlowVersion).where(FlowVersion.flow == flow.name, FlowVersion.hash == flow.version)
    )
    if version is None:
        session.add(FlowVersion(flow=flow.name, hash=flow.version, source=source, published_at=now))
        session.flush()
        return True
    current = {published.id for published in current_versions(session)}
    if version.id in current:
        return False
    version.published_at = now
    session.flush()
    return True


def current_versions(session: Session) -> list[Published]:
    """The current version of every flow, by name."""
    newest = (
        select(FlowVersion.flow, func.max(FlowVersion.published_at).label("at"))
        .group_by(FlowVersion.flow)
        .subquery()
    )
    rows = session.execute(
        select(FlowVersion.id, FlowVersion.flow, FlowVersion.hash, FlowVersion.published_at)
        .join(
            newest, (FlowVersion.flow == newest.c.flow) & (FlowVersion.published_at == newest.c.at)
        )
        .order_by(FlowVersion.flow)
    )
    return [Published(*row) for row in rows]


class Library:
    """Loaded flows by version id, shared by the threads of one process."""

    def __init__(self) -> None:
        self._flows: dict[int, Flow] = {}
        self._ids: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def catalog(self, session: Session) -> Catalog:
        """The current version of every published flow, by name."""
        return {
            version.flow: self.flow(session, version.id) for version in current_versions(session)
        }

    def flow(self, session: Session, version_id: int) -> Flow:
        """The flow of a stored version."""
        flow = self._flows.get(version_id)
        if flow is None:
            source = session.scalars(
                select(FlowVersion.source).where(FlowVersion.id == version_id)
            ).one()
            flow = load(source, trusted=True)
            with self._lock:
                self._flows[version_id] = flow
                self._ids[flow.name, flow.version] = version_id
        return flow

    def id_of(self, flow: Flow) -> int:
        """The version id of a flow that came from here."""
        return self._ids[flow.name, flow.version]
