"""The load: residents write, and their providers bring it, again and again until it is acknowledged.

A provider keeps to the order of one person's messages, but for those that were written at once.
"""

import http.client
import json
import random
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from tests.bot.conftest import SECRET, signature
from tests.drills.people import SMS, Delivery, Resident

LINES = 12  # connections at once
AGAIN = 0.02  # the share of what was acknowledged that is brought once more
GIVES_UP = 15.0  # seconds until a provider hangs up, as Twilio does
PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds between the tries of one message; providers wait longer
PATIENCE = 180.0  # seconds until a drill whose messages nobody takes has failed


class Load:
    """All that is brought to the web on ``port``, ``rate`` messages a second, or as fast as they are taken."""

    def __init__(
        self, port: int, residents: Sequence[Resident], chance: random.Random, rate: float | None
    ) -> None:
        self._port, self._residents, self._chance, self._rate = port, residents, chance, rate
        self.deliveries: list[Delivery] = []
        self._turns: list[deque[list[Delivery]]] = []
        self._changed = threading.Condition()
        self._began = 0.0
        self._due = 0
        self._most, self._held, self._late = 1.0, 0.0, 0.0
        self._over = False
        self.acknowledged = self.refused = self.again = 0
        self.longest = 0.0
        self._threads: list[threading.Thread] = []

    def begin(self, *, wild: bool = False) -> None:
        """Begin to bring them; a thread brings what its residents write, their turns mixed."""
        lines: list[list[Resident]] = [[] for _ in range(min(LINES, len(self._residents)))]
        for number, resident in enumerate(self._residents):
            lines[number % len(lines)].append(resident)
        for theirs in lines:
            line = deque(self._mixed(theirs, wild))
            self._turns.append(line)
            self.deliveries += [one for turn in line for one in turn]
        self._began = time.monotonic()
        for number, line in enumerate(self._turns):
            chance = random.Random(self._chance.random())
            one = threading.Thread(target=self._bring, args=(line, chance), name=f"line-{number}")
            self._threads.append(one)
        for one in self._threads:
            one.start()

    def _mixed(self, residents: list[Resident], wild: bool) -> list[list[Delivery]]:
        left = [deque(one.turns(wild=wild)) for one in residents]
        mixed = []
        while left:
            turns = self._chance.choice(left)
            mixed.append(turns.popleft())
            left = [one for one in left if one]
        return mixed

    @property
    def done(self) -> bool:
        return self.acknowledged == len(self.deliveries)

    def reach(self, share: float) -> None:
        """Wait until so much of it is acknowledged."""
        wanted = share * len(self.deliveries)
        self.wait_for(lambda: self.acknowledged >= wanted)

    def allow(self, share: float) -> None:
        """Bring no more than so much of it, until more is allowed: a fault that is slow to come still finds some."""
        with self._changed:
            if self._held:
                self._late += time.monotonic() - self._held
            self._most, self._held = share, 0.0
            self._changed.notify_all()

    def give_up(self) -> None:
        """Bring nothing more: the drill is over, whatever came of it."""
        self._over = True
        self.allow(2.0)

    def wait_for(self, ready: "object") -> None:
        with self._changed:
            assert self._changed.wait_for(ready, timeout=PATIENCE), "nobody takes the messages"  # type: ignore[arg-type]

    def end(self) -> float:
        """Wait until all is brought; returns how many seconds it took."""
        for one in self._threads:
            one.join(PATIENCE)
            assert not one.is_alive(), "nobody takes the messages"
        return time.monotonic() - self._began

    def _bring(self, line: "deque[list[Delivery]]", chance: random.Random) -> None:
        calling = Calling(self._port)
        with ThreadPoolExecutor(8) as hands:
            while line and not self._over:
                turn = line.popleft()
                self._wait_our_turn(len(turn))
                if len(turn) > 1:  # written at once
                    list(hands.map(lambda one: self._deliver(Calling(self._port), one), turn))
                else:
                    self._deliver(calling, turn[0])
                if chance.random() < AGAIN:
                    one = chance.choice(turn)
                    calling.post(one)
                    with self._changed:
                        self.again += 1
        calling.close()

    def _wait_our_turn(self, count: int) -> None:
        if self._rate is None:
            return
        with self._changed:
            while self._due >= self._most * len(self.deliveries):
                self._held = self._held or time.monotonic()
                self._changed.wait()
            self._due += count
            due = self._began + self._late + self._due / self._rate
        threading.Event().wait(max(0.0, due - time.monotonic()))

    def _deliver(self, calling: "Calling", one: Delivery) -> None:
        began, pause = time.monotonic(), PAUSE
        while time.monotonic() - began < PATIENCE and not self._over:
            one.tries += 1
            taken = calling.post(one) == 200
            with self._changed:
                one.acknowledged = taken
                self.acknowledged += taken
                self.refused += not taken
                one.refused += not taken
                self.longest = max(self.longest, time.monotonic() - began)
                self._changed.notify_all()
            if taken:
                return
            threading.Event().wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


class Calling:
    """One connection to the web, made anew whenever it was cut."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._line: http.client.HTTPConnection | None = None

    def post(self, one: Delivery) -> int:
        """The status of the answer; 0 for none."""
        path, body, headers = request_of(one)
        line = self._line or http.client.HTTPConnection("127.0.0.1", self._port, timeout=GIVES_UP)
        self._line = line
        try:
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return 0
        return answer.status

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None


def request_of(one: Delivery) -> tuple[str, bytes, dict[str, str]]:
    """The webhook by which a message comes: its path, body and headers."""
    if one.channel == SMS:
        path, body = "/webhooks/twilio", urlencode(one.content).encode()
        signed = signature(path, one.content)
        return path, body, {**signed, "Content-Type": "application/x-www-form-urlencoded"}
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
    return "/webhooks/telegram", json.dumps(one.content).encode(), headers
