"""What is read anew for every scrape: from the database, the same in every process, and from this machine's disks.

A database that is away or says nothing is told as such; the process's own measures are told all the same.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from prometheus_client import PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.limits import Limits
from bot.meters import METERS, OTHER
from bot.patience import Hanging
from bot.services import Services
from flows.talking.channels import INTERVIEW, MEETING, PAPER
from storage import quarantine, watching
from storage.disk import disks
from storage.limiting import Standing
from storage.messages import RANK, RECEIVED
from storage.schema import head, revision

HOUR = timedelta(hours=1)
CHANNELS = {"sms", "telegram", "web", PAPER, MEETING, INTERVIEW}
STATUSES = {RECEIVED, *RANK}
Rows = Iterable[tuple[Sequence[str], float]]


def gauge(name: str, said: str, labels: Sequence[str], rows: Rows) -> Metric:
    """A family with a value for each row."""
    family = GaugeMetricFamily(f"testimony_{name}", said, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


class Scrape:
    """All that ``/metrics`` tells, in one go."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """The families, in the order in which they are told."""
        yield from self._asked()
        yield from _of_disks(self._services)
        folder = self._services.settings.metrics_dir
        if folder:  # several processes behind one port: the files tell of all of them
            yield from MultiProcessCollector(None, str(folder)).collect()  # type: ignore[no-untyped-call]
            return
        for meter in METERS:
            yield from meter.collect()
        yield from ProcessCollector(registry=None).collect()
        yield from PlatformCollector(registry=None).collect()

    def _asked(self) -> list[Metric]:
        began = time.perf_counter()
        try:
            found = self._services.patience.wait_for(self._read)
        except (SQLAlchemyError, Hanging):
            found = []
        up = gauge("database_up", "Whether the database answers.", (), [((), float(bool(found)))])
        lasted = time.perf_counter() - began
        asking = gauge("database_scrape_seconds", "Time to ask it all this.", (), [((), lasted)])
        return [up, asking, *found]

    def _read(self) -> list[Metric]:
        now, database = self._services.now(), self._services.database
        behind = revision(database.engine) != head()
        told = [gauge("migrations_behind", "Whether the tables are older.", (), [((), behind)])]
        if not behind:
            with database.reading() as session:
                standing = Limits(self._services).look(session)
                told += [metric for family in FAMILIES for metric in family(session, now)]
                told += [*_of_work(session, now, standing), *_of_limits(standing)]
        return told


def _of_outbox(session: Session, now: datetime) -> Iterator[Metric]:
    found = watching.waiting(session)
    rows = [((one.kind,), float(one.number)) for one in found]
    yield gauge("outbox_jobs", "Jobs that are not done.", ["kind"], rows)
    rows = [((one.kind,), float(one.again)) for one in found]
    yield gauge("outbox_retried_jobs", "Of these, what failed before.", ["kind"], rows)
    rows = [((one.kind,), max((now - one.oldest).total_seconds(), 0.0)) for one in found]
    yield gauge("outbox_oldest_seconds", "Age of the oldest job not done.", ["kind"], rows)


def _of_work(session: Session, now: datetime, limits: Standing) -> Iterator[Metric]:
    found = watching.late(session, now, limits.shut).items()
    late = [((work,), number) for work, number in found]
    yield gauge("outbox_late_seconds", "For how long work has been due.", ["work"], late)


def _of_messages(session: Session, now: datetime) -> Iterator[Metric]:
    summed: dict[tuple[str, str, str], float] = {}
    for one in watching.newest(session):
        key = (one.direction, _channel(one.channel), _status(one.status))
        summed[key] = summed.get(key, 0) + one.number
    said = f"The newest {watching.NEWEST} messages."
    yield gauge("newest_messages", said, ["direction", "channel", "status"], summed.items())
    rows = watching.not_arrived(session, now - HOUR)
    lost = [((_channel(channel), _status(status)), float(n)) for channel, status, n in rows]
    said = "Messages of the last hour that did not arrive."
    yield gauge("not_arrived_messages", said, ["channel", "status"], lost)
    number = watching.marked(session)
    yield gauge("attention_messages", "Messages that wait for a person.", (), [((), number)])
    number = quarantine.count(session)
    yield gauge("quarantined_messages", "Messages of bursts, not answered.", (), [((), number)])


def _of_exports(session: Session, now: datetime) -> Iterator[Metric]:
    found = watching.exports(session, now - timedelta(days=7)).items()
    rows = [((status,), float(number)) for status, number in found]
    yield gauge("exports", "Exports of the last week.", ["status"], rows)
    yield gauge("database_bytes", "Size of the database.", (), [((), watching.size(session))])


def _of_limits(limits: Standing) -> Iterator[Metric]:
    rows = [((_channel(lane),), seconds) for lane, seconds in limits.waiting.items()]
    yield gauge("send_wait_seconds", "For how long a limit holds sending.", ["channel"], rows)
    spent = [((), float(limits.spent))]
    yield gauge("day_segments", "Segments sent today, where a day has a cap.", (), spent)
    most = [((), float(limits.most or 0))]
    yield gauge("day_segments_cap", "Segments that a day may have; 0 for no end.", (), most)


FAMILIES: tuple[Callable[[Session, datetime], Iterator[Metric]], ...] = (
    _of_outbox,
    _of_messages,
    _of_exports,
)


def _channel(name: str) -> str:
    return name if name in CHANNELS else OTHER


def _status(name: str) -> str:
    return name if name in STATUSES else OTHER


def _of_disks(services: Services) -> Iterator[Metric]:
    found = [("+".join(one.names), one) for one in disks(services.places)]
    free = [((name,), float(one.free)) for name, one in found]
    size = [((name,), float(one.size)) for name, one in found]
    yield gauge("disk_free_bytes", "Room on the disk that holds these.", ["place"], free)
    yield gauge("disk_bytes", "Size of that disk.", ["place"], size)
