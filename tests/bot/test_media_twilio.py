"""Files at Twilio: only its own addresses are asked, its secrets stay with it, and what is safe with us is cleared."""

import httpx
import pytest
from sqlalchemy import delete, select

from bot.media.fetching import FetchFailed, TooLarge, fetch, new_client
from bot.media.twilio_addresses import own_address, target_of
from bot.sender import LEASE
from flows.sms import segments
from storage.models import Job, MessageRow, Spending
from tests.bot.conftest import ON_SQLITE, Service, Serving
from tests.bot.test_media_keeping import FLOW, attachments
from tests.bot.test_media_trouble import erase, pass_time, waiting
from tests.support import media
from tests.support.providers import Answer, TwilioServer

PATH = "/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
PICTURE = media.picture()
TWILIO = "https://api.twilio.com"


@pytest.mark.parametrize(
    ("url", "api_url", "asked"),
    [
        (f"{TWILIO}{PATH}", TWILIO, f"{TWILIO}{PATH}"),
        (
            f"https://api.dublin.ie1.twilio.com{PATH}",
            TWILIO,
            f"https://api.dublin.ie1.twilio.com{PATH}",
        ),
        (f"{TWILIO}{PATH}", "http://127.0.0.1:9", f"http://127.0.0.1:9{PATH}"),
        (f"http://127.0.0.1:9{PATH}", "http://127.0.0.1:9", f"http://127.0.0.1:9{PATH}"),
    ],
)
def test_addresses_of_twilio_are_asked(url: str, api_url: str, asked: str) -> None:
    assert own_address(url, api_url) == asked


@pytest.mark.parametrize(
    "url",
    [
        f"http://api.twilio.com{PATH}",
        f"https://api.twilio.com.evil.example{PATH}",
        f"https://evil.example{PATH}",
        f"https://evil.example/?{TWILIO}{PATH}",
        f"https://api.twilio.com@evil.example{PATH}",
        f"https://user:word@api.twilio.com{PATH}",
        f"https://api.twilio.com:8080{PATH}",
        f"https://api.twilio.com:99999{PATH}",
        f"https://evil-api.twilio.com{PATH}",
        f"https://x.api.twilio.com{PATH}",
        f"{TWILIO}/2010-04-01/Accounts/AC1/Messages.json",
        f"{TWILIO}{PATH}/../../../../Calls.json",
        f"{TWILIO}{PATH}.json",
        f"http://127.0.0.1:10{PATH}",
        f"http://169.254.169.254{PATH}",
        f"file://{PATH}",
        "http://[",
        "",
    ],
)
def test_all_others_are_not(url: str) -> None:
    assert own_address(url, TWILIO) is None


def test_what_is_cleared_is_named_by_its_sids() -> None:
    assert target_of(f"{TWILIO}{PATH}") == "AC1/MM1/ME1"
    assert target_of("https://media.example/1.jpg") is None
    assert target_of("http://[") is None


def brought(service: Service, url: str) -> None:
    service.publish(FLOW)
    service.talk("STREET", "yes")
    service.sms("", NumMedia="1", MediaUrl0=url)
    service.drain()


@ON_SQLITE
def test_a_webhook_cannot_make_us_ask_anybody_else(service: Service, twilio: TwilioServer) -> None:
    other = TwilioServer()
    brought(service, f"{other.url}{PATH}")
    assert other.calls == []
    assert attachments(service)[0].status == "lost"
    other.close()


@ON_SQLITE
def test_the_credentials_are_shown_to_twilio_and_not_to_where_it_sends_us(
    service: Service, twilio: TwilioServer
) -> None:
    brought(service, twilio.hold(PICTURE))
    shown = {
        call.path.split("/")[1]: call.authorized for call in twilio.calls if call.method == "GET"
    }
    assert shown == {"2010-04-01": True, "elsewhere": False}
    assert attachments(service)[0].status == "kept"


def fetched(twilio: TwilioServer, *answers: Answer, most: int = 1000) -> bytes:
    twilio.answers.extend(answers)
    with new_client() as client:
        return fetch(client, f"{twilio.url}/a", most, auth=("who", "word"))


@pytest.mark.parametrize(
    "to", ["ftp://127.0.0.1/", "file:///etc/passwd", "gopher://x", "https:///x", "http://["]
)
def test_a_redirect_leads_over_the_web_only(twilio: TwilioServer, to: str) -> None:
    with pytest.raises(FetchFailed):
        fetched(twilio, Answer(302, b"", {"Location": to, "Content-Length": "0"}))
    assert len(twilio.calls) == 1


def test_redirects_come_to_an_end(twilio: TwilioServer) -> None:
    around = Answer(302, b"", {"Location": "/a", "Content-Length": "0"})
    with pytest.raises(FetchFailed, match="without end"):
        fetched(twilio, *[around] * 9)
    assert len(twilio.calls) == 4


def test_a_body_is_read_up_to_the_limit_whatever_it_says(twilio: TwilioServer) -> None:
    assert fetched(twilio, Answer(200, b"x" * 1000)) == b"x" * 1000
    for answer in (Answer(200, b"x" * 1001), Answer(200, b"", {"Content-Length": "1001"})):
        with pytest.raises(TooLarge):
            fetched(twilio, answer)


def test_a_body_that_trickles_is_left(twilio: TwilioServer) -> None:
    times = iter([0.0, 1000.0])
    twilio.answers.append(Answer(200, b"x"))
    with new_client() as client, pytest.raises(FetchFailed, match="too long"):
        fetch(client, f"{twilio.url}/a", 1000, clock=lambda: next(times))


def test_who_is_not_there_is_asked_again() -> None:
    with new_client() as client, pytest.raises(FetchFailed) as caught:
        fetch(client, "http://127.0.0.1:1/a", 1000)
    assert (caught.value.permanent, caught.value.reason) == (False, httpx.ConnectError.__name__)


def cleared(serving: Serving, twilio: TwilioServer, what: str) -> Service:
    service = serving(TWILIO_DELETE=what)
    brought(service, twilio.hold(PICTURE))
    return service


@ON_SQLITE
@pytest.mark.parametrize(
    ("what", "kinds"),
    [("nothing", set()), ("media", {"ME"}), ("all", {"ME", "SM"})],
)
def test_what_is_safe_with_us_is_cleared_at_twilio_as_far_as_it_is_wanted(
    serving: Serving, twilio: TwilioServer, what: str, kinds: set[str]
) -> None:
    service = cleared(serving, twilio, what)
    assert {sid[:2] for sid in twilio.cleared} == kinds
    assert attachments(service)[0].status == "kept"
    assert bool(twilio.files) is (what == "nothing")


@ON_SQLITE
def test_all_that_came_in_is_cleared_and_what_went_out_when_it_is_final(
    serving: Serving, twilio: TwilioServer
) -> None:
    service = cleared(serving, twilio, "all")
    inbound = {f"SM{number:032d}" for number in (1, 2, 3)}
    words = {sid for sid in twilio.cleared if sid.startswith("SM")}
    assert words == inbound
    first = min(job.target.partition("/")[2] for job in waiting(service) if job.target)
    service.signed("/webhooks/twilio/status", {"MessageSid": first, "MessageStatus": "delivered"})
    service.drain()
    assert set(twilio.cleared) - inbound >= {first}
    assert waiting(service) != []  # of others nothing was told
    pass_time(service, days=1)
    assert waiting(service) == []
    cleared_away = [job.target for job in service.rows(Job) if job.kind == "clear"]
    # three came in, three went out, one brought a file; what is done is not named any more
    assert cleared_away == [None] * 7


@ON_SQLITE
def test_what_twilio_tells_of_after_its_sender_has_died_is_cleared_and_counted_too(
    serving: Serving, twilio: TwilioServer
) -> None:
    service = serving(TWILIO_DELETE="all", SPEND_DAY="10", SMS_PRICE="0.01")
    service.publish(FLOW)
    service.talk("STREET")
    with service.database.writing() as session:  # it died before it wrote anything down
        session.execute(delete(Spending))
        session.execute(delete(Job).where(Job.kind == "clear"))
        job = session.scalars(select(Job)).one()
        message = session.get_one(MessageRow, job.message_id)
        job.done_at, job.owner, job.run_at = None, "dead", service.clock() + LEASE
        sid, message.status, message.provider_id = message.provider_id, "sending", None
        number = message.id
    told = {"MessageSid": str(sid), "MessageStatus": "delivered"}
    assert service.signed(f"/webhooks/twilio/status?message={number}", told) == 204
    pass_time(service, seconds=LEASE.total_seconds())
    pass_time(service, days=1)
    assert (len(twilio.sent), waiting(service)) == (1, [])
    assert sid in twilio.cleared
    with service.database.reading() as session:
        (counted,) = session.scalars(select(Spending.segments))
    assert counted == segments(service.said[0])[1]


@ON_SQLITE
def test_clearing_is_tried_again_and_given_up_after_a_week(
    serving: Serving, twilio: TwilioServer
) -> None:
    service = cleared(serving, twilio, "nothing")
    with service.database.writing() as session:
        session.add(
            Job(kind="clear", target="AC/MM/ME", run_at=service.clock(), created_at=service.clock())
        )
    wanting = serving(TWILIO_DELETE="media")
    for days in (0, 1, 5, 2):
        twilio.answers.append(TwilioServer.refusal(503, 20503))
        assert waiting(wanting)
        pass_time(wanting, days=days)
    assert waiting(wanting) == []


@ON_SQLITE
def test_what_is_gone_at_twilio_already_is_well(serving: Serving, twilio: TwilioServer) -> None:
    service = serving(TWILIO_DELETE="media")
    now = service.clock()
    with service.database.writing() as session:
        session.add(Job(kind="clear", target="AC/MM/ME", run_at=now, created_at=now))
    service.drain()
    assert waiting(service) == []
    assert twilio.cleared == []


@ON_SQLITE
def test_what_is_refused_is_cleared_too(serving: Serving, twilio: TwilioServer) -> None:
    service = serving(TWILIO_DELETE="media")
    brought(service, twilio.hold(b"%PDF-1.7"))
    assert attachments(service)[0].status == "refused"
    assert twilio.files == {}


@ON_SQLITE
def test_what_is_erased_before_it_is_fetched_is_cleared(
    serving: Serving, twilio: TwilioServer
) -> None:
    service = serving(TWILIO_DELETE="media")
    service.publish(FLOW)
    service.talk("STREET", "yes")
    service.sms("", NumMedia="1", MediaUrl0=twilio.hold(PICTURE))
    erase(service)
    service.drain()
    assert attachments(service) == []
    assert twilio.files == {}
