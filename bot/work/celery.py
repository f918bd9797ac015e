"""Celery as the runner of the outbox: nudges go through its broker, its worker does what they tell of.

What is done and how stands in ``nudging`` and ``bot.sender``. Nothing of a message goes through the broker, and none
of its promises is relied upon: nudges are not kept over its restart, nor repeated, and end after a moment.
"""

import logging
import os
import socket
from typing import Any

from celery import Celery, signals
from kombu.entity import Queue

from bot.services import Services
from bot.work.nudging import ROOMS, Crew, Sweep

log = logging.getLogger(__name__)

TASK = "testimony.work"
CONCURRENCY = 4
TOO_LONG = 5  # seconds of silence in the middle of a call
HEARTBEAT = 10  # seconds between signs of life, so that a broker beyond a cut line is missed soon
FRESH = 10.0  # seconds after which a nudge is moot: those who sweep have nudged again
AT_ONCE = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}


def celery_of(url: str, **rules: object) -> Celery:
    """Celery with this program's rules, and others; connects to nothing yet."""
    app = Celery("testimony", broker=url, set_as_current=False)
    app.conf.update(
        task_queues=[Queue(_queue(room)) for room in ROOMS],  # type: ignore[no-untyped-call]
        task_default_delivery_mode="transient",
        task_ignore_result=True,
        task_publish_retry_policy=AT_ONCE,
        broker_connection_timeout=3,
        broker_connection_max_retries=None,  # the broker is waited for
        broker_connection_retry_on_startup=True,
        worker_prefetch_multiplier=8,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        **rules,
    )
    return app


def _is_amqp(url: str) -> bool:
    return url.startswith(("amqp", "pyamqp"))


def _queue(room: str) -> str:
    return f"testimony.{room}"


class Broker:
    """Takes nudges, or does not: that is logged once. Its connection is its own, for it is given up soon."""

    def __init__(self, url: str) -> None:
        options = {"read_timeout": TOO_LONG, "write_timeout": TOO_LONG} if _is_amqp(url) else {}
        self._app = celery_of(url, broker_transport_options=options, broker_heartbeat=0)
        self._away = False

    def give(self, room: str) -> bool:
        """Tell the workers that there is something to do; returns whether the broker took it."""
        try:
            self._app.send_task(TASK, [room], queue=_queue(room), expires=FRESH)
        except Exception as error:  # noqa: BLE001 - each broker fails in its own way; the work is in the outbox
            if not self._away:
                log.warning("the broker does not take nudges: %s", type(error).__name__)
            self._away = True
            return False
        if self._away:
            log.info("the broker takes nudges again")
        self._away = False
        return True


def run_worker(services: Services) -> None:
    """Be a Celery worker until SIGTERM, which finishes what is in hand; sweep beside it."""
    app = celery_of(services.settings.broker, broker_heartbeat=HEARTBEAT)
    crew, broker = Crew(services), Broker(services.settings.broker)

    @app.task(name=TASK)  # type: ignore[untyped-decorator]
    def work(room: str) -> None:
        if room in ROOMS and crew.work(room):
            broker.give(room)

    def leave(**_: Any) -> None:
        services.ending.set()

    signals.setup_logging.connect(_keep_our_log, weak=False)
    signals.worker_shutting_down.connect(leave, weak=False)
    sweeps = [Sweep(services, (room,), broker.give, crew) for room in ROOMS]
    for sweep in sweeps:
        sweep.start()
    try:
        app.Worker(
            hostname=f"testimony-{os.getpid()}@{socket.gethostname()}",
            pool="threads",
            concurrency=CONCURRENCY,
            without_gossip=True,
            without_mingle=True,
            quiet=True,
        ).start()
    finally:
        for sweep in sweeps:
            sweep.stop()


def _keep_our_log(**_: Any) -> None:
    """Celery sets up no log where somebody answers this signal."""
