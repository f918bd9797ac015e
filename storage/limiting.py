"""How the limits stand just now: which queues of the outbox wait, for how long, and what the day has cost.

The limits themselves are set in ``bot``; this is what the others may know of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from storage.ranks import Queue


@dataclass(frozen=True)
class Standing:
    """``opens``: when the first of those lanes opens that wait for a rate; ``waiting``: seconds, by lane.

    ``spent`` and ``most``: segments of the day, and how many it may have, None for no end. From ``hard`` on nobody is
    answered either.
    """

    shut: frozenset[Queue] = frozenset()
    opens: datetime | None = None
    waiting: Mapping[str, float] = field(default_factory=dict)
    spent: int = 0
    most: int | None = None
    hard: int | None = None
