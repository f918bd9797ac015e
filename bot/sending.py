"""The senders as threads of one process: one with many hands for what people wait for, others for what takes long."""

import threading
from collections.abc import Collection

from bot.hands import Hands
from bot.sender import Sender
from bot.services import Services
from storage.outbox import EXPORT, SLOW
from storage.watching import PROMPT

THREADS = 3


class SenderThreads:
    """The sender as threads of this process."""

    def __init__(self, services: Services, count: int = THREADS) -> None:
        self._services = services
        self._stop = threading.Event()
        hands = Hands(services.wake)
        senders = [
            Sender(services, left_to_others(n, count), hands if n == count - 1 else None)
            for n in range(count)
        ]
        self._threads = [
            threading.Thread(target=sender.run_until, args=(self._stop,), name=f"sender-{n}")
            for n, sender in enumerate(senders)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is in hand, then end."""
        self._stop.set()
        self._services.ending.set()
        self._services.wake.set()
        for thread in self._threads:
            thread.join()


def left_to_others(number: int, count: int) -> Collection[str]:
    """What one of so many threads does not do: an export that takes long holds up neither replies nor files.

    Nor do those who work one by one send: a round of the outbox for each message costs more than to send it.
    """
    if count == 1:
        return ()
    rest = {0: (EXPORT,), 1: [kind for kind in SLOW if kind != EXPORT]} if count > 2 else {0: ()}
    return (*PROMPT, *rest[number]) if number in rest else SLOW
