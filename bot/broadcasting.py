"""Broadcasts, for the outbox: one step after the other, each a short transaction. What a step is stands in storage."""

from bot.services import Services
from storage import outbox
from storage.broadcasts import feeding
from storage.broadcasts.queueing import repeat
from storage.outbox import Claimed

BREATH = 0.02  # seconds between two steps: others write meanwhile


def step(services: Services, job: Claimed, owner: str) -> None:
    """Do the next step of one broadcast, and have the one after it done when that is due."""
    with services.database.writing() as session:
        now = services.now()
        due = feeding.step(session, int(job.target or 0), services.library, now)
        if due is None:
            outbox.finish(session, job.id, owner, now)
        else:
            repeat(session, job.id, owner, due)
    services.wake.set()  # for what was queued
    services.ending.wait(BREATH)
