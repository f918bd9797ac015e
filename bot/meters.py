"""What this process measures of its own work, for Prometheus. Numbers only, under labels from small known sets.

Nothing of what is said, and nobody, is ever a label. What the database knows is asked of it in ``gauges`` instead.
"""

import logging
import time
from functools import cache
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram
from prometheus_client.metrics import MetricWrapperBase

SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
SENDING = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
WHOLE = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400)
TAKEN, LATER, REFUSED = "taken", "later", "refused"  # what a provider says to a message
OTHER = "other"


def _histogram(name: str, said: str, labels: list[str], buckets: tuple[float, ...]) -> Histogram:
    return Histogram(f"testimony_{name}", said, labels, buckets=buckets, registry=None)


def _counter(name: str, said: str, labels: list[str]) -> Counter:
    return Counter(f"testimony_{name}", said, labels, registry=None)


REQUESTS = _histogram(
    "request_seconds", "Time from a request to its answer.", ["part", "code"], SHORT
)
KEPT = _histogram(
    "keep_seconds", "Time to keep an inbound message, commit included.", ["channel"], SHORT
)
TURNS = _histogram(
    "turn_seconds",
    "Time to decide on an inbound message and write what follows.",
    ["channel"],
    SHORT,
)
SENDS = _histogram(
    "send_seconds", "Time of a provider to take a message.", ["channel", "outcome"], SENDING
)
REPLIES = _histogram(
    "reply_seconds", "Time from queueing a message to the provider having it.", ["channel"], WHOLE
)
WORK = _histogram("work_seconds", "Time of slow work of the outbox.", ["kind"], WHOLE)
DATABASE = _histogram(
    "database_seconds", "Time of reading and writing transactions, and of commits.", ["work"], SHORT
)
MESSAGES = _counter(
    "messages", "Messages by what this process saw become of them.", ["channel", "status"]
)
BROADCASTS = _counter(
    "broadcast_messages", "Of these, what was said to many.", ["channel", "status"]
)
RECONCILED = _counter(
    "reconciled_messages", "Messages that Twilio's log told of, and no webhook had.", ["direction"]
)
NUDGES = _counter("nudges", "Nudges to Celery's broker by what became of them.", ["outcome"])
LINES = _counter("log_lines", "Lines of the log, warnings and worse.", ["level", "module"])

METERS: tuple[MetricWrapperBase, ...] = (
    *(REQUESTS, KEPT, TURNS, SENDS, REPLIES, WORK, DATABASE),
    *(MESSAGES, BROADCASTS, RECONCILED, NUDGES, LINES),
)


@cache
def _one(meter: Any, *labels: str) -> Any:
    """A meter under these labels. Kept, for finding it takes longer than noting."""
    return meter.labels(*labels)


def took(meter: Histogram, began: float, *labels: str) -> None:
    """Note what began at ``began``, by ``time.perf_counter``, and ends now."""
    _one(meter, *labels).observe(time.perf_counter() - began)


def seconds(meter: Histogram, lasted: float, *labels: str) -> None:
    """Note so many seconds, and none where a clock was set back."""
    _one(meter, *labels).observe(max(lasted, 0.0))


def message(channel: str, status: str, *, to_many: bool = False) -> None:
    """A message came, or one of ours has come so far; ``to_many``: it is one of a broadcast."""
    _one(MESSAGES, channel, status).inc()
    if to_many:
        _one(BROADCASTS, channel, status).inc()


def reconciled(direction: str, number: int) -> None:
    """So many messages were brought in, or moved on, by the provider's log."""
    _one(RECONCILED, direction).inc(number)


def nudge(outcome: str) -> None:
    """The broker has taken a nudge, or has not, or nobody has heeded it."""
    _one(NUDGES, outcome).inc()


def database(work: str, lasted: float) -> None:
    """A transaction, or its commit; see ``storage.pulse``."""
    _one(DATABASE, work).observe(lasted)


def line(record: logging.LogRecord) -> None:
    """A line of the log: ours by its module, another's as such."""
    module = record.name if record.name.partition(".")[0] in ("bot", "admin", "storage") else OTHER
    _one(LINES, record.levelname.lower(), module).inc()


def measure(app: Flask) -> None:
    """Measure the requests to ``app``."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    if began := g.get("began"):
        took(REQUESTS, began, _part(), str(response.status_code))
    return response


def _part() -> str:
    """Which part of the service was asked; the pages of staff are one, and so is what is nowhere."""
    room, _, name = (request.endpoint or OTHER).partition(".")
    return name if room == "webhooks" else room
