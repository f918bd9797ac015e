"""Two hosts that run the program and one with the database; one is cut off from it in the middle, and comes back.

What was acknowledged is there once; what was not, the provider brings again, to the other host; replies keep their
order.
"""

import urllib.error
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest

from bot.app import build_services
from bot.hands import HANDS
from bot.settings import SURVEYS, load_settings
from storage import schema
from storage.engines import connect, database_url
from storage.models import AnswerRow, InterviewRow, MessageRow
from tests.bot.conftest import Service, deployment, signature
from tests.bot.test_crash import PATH, TALK, end_leases, wait_until_all_is_sent
from tests.conftest import Clock, at, create
from tests.support import postgres
from tests.support.lan import Host, Lan, why_not
from tests.support.processes import PATIENCE, Process, Server
from tests.support.providers import TelegramServer, TwilioServer

RESIDENTS = [f"+1404555{number:04d}" for number in range(6)]
PORT = 8000
PROVIDER_WAITS = 4.0  # seconds for an answer, then it tries the other host; Twilio waits 15
BEFORE, DURING = 2, 5  # messages of each resident until the cut, and until the line is mended
# both ends miss a cut line sooner than they would
SOON = "keepalives_idle=1&keepalives_interval=1&keepalives_count=2&tcp_user_timeout=3000"


class Everywhere(TwilioServer):
    """Twilio, which hosts reach by the address that the world has for them."""

    host = "0.0.0.0"  # noqa: S104

    def for_host(self, host: Host) -> str:
        return f"http://{host.world}:{self.url.rpartition(':')[2]}"


class Web(Server):
    """``testimony serve`` on a host of its own."""

    def __init__(self, folder: Path, environ: dict[str, str], host: Host) -> None:
        self.within, self.address, self.port = host.within, host.address, PORT
        Process.__init__(
            self, folder, environ, "serve", "--host", host.address, "--port", str(PORT)
        )


class Worker(Process):
    def __init__(self, folder: Path, environ: dict[str, str], host: Host) -> None:
        self.within = host.within
        super().__init__(folder, environ, "worker")


@pytest.fixture
def lan() -> Iterator[Lan]:
    reason = why_not()
    if reason:
        pytest.skip(reason)
    made = Lan()
    yield made
    made.close()


@pytest.fixture
def twilio() -> Iterator[Everywhere]:
    server = Everywhere()
    yield server
    server.close()


@pytest.fixture
def environ(lan: Lan, twilio: Everywhere, telegram: TelegramServer) -> Iterator[dict[str, str]]:
    with postgres.server_within(["ip", "netns", "exec", lan.store]) as socket:
        create(socket, "testimony")
        url = at(socket, "testimony")
        engine = connect(database_url(url))
        schema.upgrade(engine)
        engine.dispose()
        yield {**deployment(url, twilio, telegram), "WORK": "worker"}


@pytest.fixture
def service(environ: dict[str, str], tmp_path: Path) -> Iterator[Service]:
    services = build_services(load_settings(environ, tmp_path), Clock())
    running = Service(services, Clock())
    running.publish((SURVEYS / "city-testimony.yaml").read_text(encoding="utf-8"))
    yield running
    services.close()


@pytest.fixture
def webs(
    lan: Lan, service: Service, environ: dict[str, str], twilio: Everywhere, tmp_path: Path
) -> Iterator[list[Web]]:
    """A server and a worker on each host."""
    started: list[Process] = []
    for host in lan.hosts:
        url = f"postgresql://postgres@{host.database}/testimony?{SOON}"
        there = {**environ, "DATABASE_URL": url, "TWILIO_API_URL": twilio.for_host(host)}
        started += [Web(tmp_path, there, host), Worker(tmp_path, there, host)]
    for one in started:
        one.wait_until(lambda one=one: "Serving on" in one.said or "The worker runs." in one.said)  # type: ignore[misc]
    yield [one for one in started if isinstance(one, Web)]
    for one in started:
        one.signal(15)
    assert [one.end() for one in started] == [0] * len(started)
    assert not any("Traceback" in one.said for one in started)


class Provider:
    """Brings messages as Twilio does: to one host, and where that does not acknowledge, to the other."""

    def __init__(self, webs: list[Web]) -> None:
        self.webs = webs
        self.refused = 0

    def bring(self, resident: int, number: int) -> None:
        sid = f"SM{resident:016d}{number:016d}"
        form = {"MessageSid": sid, "From": RESIDENTS[resident], "Body": TALK[number]}
        for turn in range(100):
            web = self.webs[(resident + number + turn) % 2]
            if self._acknowledged(web, form):
                return
            self.refused += 1
        raise AssertionError("nobody acknowledged a message")

    def _acknowledged(self, web: Web, form: dict[str, str]) -> bool:
        try:
            return web.post(PATH, form, signature(PATH, form), PROVIDER_WAITS) == 200
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False


def wait_until(ready: Callable[[], bool]) -> None:
    for _ in range(int(PATIENCE * 20)):
        if ready():
            return
        Event().wait(0.05)
    raise AssertionError("it never came so far")


def test_a_host_that_is_cut_off_from_the_database_and_comes_back(
    lan: Lan, webs: list[Web], service: Service, twilio: Everywhere
) -> None:
    provider = Provider(webs)
    cut, mended = (Barrier(len(RESIDENTS) + 1) for _ in range(2))

    def tell(resident: int) -> None:
        for number in range(len(TALK)):
            if number in (BEFORE, DURING):
                (cut if number == BEFORE else mended).wait(PATIENCE)
            provider.bring(resident, number)

    with ThreadPoolExecutor(len(RESIDENTS)) as pool:
        told = [pool.submit(tell, resident) for resident in range(len(RESIDENTS))]
        wait_until(lambda: cut.n_waiting == len(RESIDENTS))
        lan.hosts[1].cut()
        cut.wait(PATIENCE)
        wait_until(lambda: mended.n_waiting == len(RESIDENTS))
        assert provider.refused >= len(RESIDENTS)  # each had one for the host that was cut off
        lan.hosts[1].mend()
        wait_until(lambda: webs[1].is_ready())
        end_leases(service)
        mended.wait(PATIENCE)
        for one in told:
            one.result()
    wait_until_all_is_sent(service)

    check_that_nothing_is_missing(service)
    check_the_replies(service, twilio)


def check_that_nothing_is_missing(service: Service) -> None:
    """Each message once, however often it was brought."""
    assert sorted(service.heard) == sorted(TALK * len(RESIDENTS))
    assert len(service.rows(InterviewRow)) == len(RESIDENTS)
    assert {row.asked for row in service.rows(InterviewRow)} == {"progress"}
    assert len(service.rows(AnswerRow)) == 5 * len(RESIDENTS)


def check_the_replies(service: Service, twilio: Everywhere) -> None:
    """All of them, in each resident's order; few twice, which the host had in hand when it was cut off."""
    sent = defaultdict(list)
    for message in twilio.sent:
        sent[message["To"]].append(int(message["StatusCallback"].partition("=")[2]))
    outbound = [row.id for row in service.rows(MessageRow) if row.direction == "out"]
    first = {to: list(dict.fromkeys(numbers)) for to, numbers in sent.items()}
    assert all(numbers == sorted(numbers) for numbers in first.values())
    assert sorted(number for numbers in first.values() for number in numbers) == outbound
    assert len(twilio.sent) - len(outbound) <= 2 * HANDS
    assert {row.status for row in service.rows(MessageRow)} == {"received", "sent"}
