"""What runs in threads beside a server or a worker: senders, upkeep, and who lets others know that there is work."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from bot.backing_up import BackupThread
from bot.sending import SenderThreads
from bot.services import Services
from bot.settings.broker import CELERY
from bot.tallying import tallies
from bot.thinning import thinner
from bot.work.nudging import ROOMS, Sweep


class Beside(Protocol):
    """What runs in threads beside the rest."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


@contextmanager
def running(services: Services, *threads: Beside) -> Iterator[Services]:
    """The services with what runs beside them, brought to a good end however the block ends."""
    gc.collect()
    gc.freeze()  # what was loaded stays for good: nobody need look through it again and again
    services.database.hear_time()
    for one in threads:
        one.start()
    try:
        yield services
    finally:
        services.ending.set()
        for one in threads:
            one.stop()
        services.close()


def upkeep(services: Services) -> list[Beside]:
    """What goes on by itself where work is done."""
    return [BackupThread(services), tallies(services), thinner(services)]


def beside(services: Services) -> list[Beside]:
    """What sends from this process, or lets others know that there is something to send."""
    if services.settings.work == "threads":
        return [SenderThreads(services), *upkeep(services)]
    if services.settings.work == CELERY:
        from bot.work.celery import Broker

        broker = Broker(services.settings.broker)
        return [Sweep(services, ROOMS, broker.give)]
    return []
