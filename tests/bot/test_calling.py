"""How providers are called: once, on lines that still stand, by the proxies and certificates of the environment."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from telegram.error import NetworkError, TimedOut

from bot.channels import Channel, SendFailed
from bot.channels.calling import CERTIFICATES, Caller, shown_to
from bot.channels.sms import SmsChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_http import BlockingRequest, finish
from bot.settings.providers import TelegramSettings, TwilioSettings
from tests.support.lines import Line
from tests.support.processes import free_port
from tests.support.providers import CUT, Answer, Provider, TelegramServer, TwilioServer

PATIENCE = 30.0  # seconds
SOON = 0.05  # seconds, for an answer that never comes
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
Open = Callable[[str], Channel]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxies and no certificates but those that a test names."""
    for name in (*PROXIES, *map(str.upper, PROXIES), *CERTIFICATES):
        monkeypatch.delenv(name, raising=False)


def by_twilio(url: str) -> Channel:
    settings = TwilioSettings(TwilioServer.SID, TwilioServer.TOKEN, None, TwilioServer.NUMBER, url)
    return SmsChannel(settings, "https://testimony.example")


def by_telegram(url: str) -> Channel:
    return TelegramChannel(TelegramSettings(TelegramServer.TOKEN, None, url))


BOTH = pytest.mark.parametrize(
    ("kind", "open_channel"), [(TwilioServer, by_twilio), (TelegramServer, by_telegram)]
)


@pytest.fixture
def provider(kind: type[Provider]) -> Iterator[Provider]:
    server = kind()
    yield server
    server.close()


def send(channel: Channel, words: str = "How is it heated?") -> str:
    try:
        return channel.send("55501", words, [], 7).provider_id
    finally:
        channel.close()


@BOTH
def test_a_message_whose_answer_was_cut_off_is_not_sent_again_by_itself(
    provider: Provider, open_channel: Open
) -> None:
    provider.answers.append(CUT)
    with pytest.raises(SendFailed) as caught:
        send(open_channel(provider.url))
    assert not caught.value.permanent
    assert len(provider.calls) == 1


@pytest.mark.parametrize("open_channel", [by_twilio, by_telegram])
def test_a_line_that_the_provider_has_closed_is_not_taken_for_the_next_message(
    open_channel: Open,
) -> None:
    with Line(b'{"sid": "SM1", "ok": true, "result": %s}' % MESSAGE) as line:
        channel = open_channel(line.url)
        for number in range(3):
            channel.send("55501", "How is it heated?", [], number)
            line.wait_until_closed()
        channel.close()
    assert line.heard == 3


MESSAGE = b'{"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}'


@pytest.mark.parametrize(("rest", "lines"), [(PATIENCE, 1), (0.0, 3)])
def test_a_line_is_used_again_unless_it_has_rested_for_too_long(rest: float, lines: int) -> None:
    with Line(b"well", stays=True) as line:
        caller = Caller(PATIENCE, rest)
        for _ in range(3):
            assert caller.ask("POST", f"{line.url}/x", "a=b").data == b"well"
        caller.close()
    assert (line.heard, line.taken) == (3, lines)


@pytest.mark.parametrize("kind", [TelegramServer])
def test_as_many_as_ask_are_answered_at_once(provider: Provider) -> None:
    provider.open.clear()
    caller = Caller(PATIENCE)
    with ThreadPoolExecutor(70) as hands:
        asked = [hands.submit(caller.ask, "POST", f"{provider.url}/x") for _ in range(70)]
        provider.wait_for(lambda: len(provider.calls) == 70)
        provider.open.set()
        assert {one.result().status for one in asked} == {401}
    caller.close()


@pytest.mark.parametrize("kind", [TelegramServer])
def test_who_does_not_answer_is_not_waited_for(provider: Provider) -> None:
    provider.open.clear()
    request = BlockingRequest(SOON)
    with pytest.raises(TimedOut):
        finish(request.post(f"{provider.url}/bot1/getMe"))
    with pytest.raises(TimedOut):
        finish(BlockingRequest(PATIENCE).post(f"{provider.url}/bot1/getMe", read_timeout=SOON))
    request.close()
    assert len(provider.calls) == 2


@pytest.mark.parametrize("kind", [TelegramServer])
def test_who_is_said_to_take_long_is_waited_for(provider: Provider) -> None:
    """As Telegram does where nobody writes, and it is asked for what is new."""
    provider.pause = 6 * SOON
    request = BlockingRequest(SOON)
    url = f"{provider.url}/bot{TelegramServer.TOKEN}/getUpdates"
    assert finish(request.post(url, read_timeout=PATIENCE)) == []
    request.close()


@BOTH
def test_no_redirect_is_followed(
    provider: Provider, open_channel: Open, telegram: TelegramServer
) -> None:
    provider.answers.append(Answer(307, {}, {"Location": f"{telegram.url}/elsewhere"}))
    with pytest.raises(SendFailed):
        send(open_channel(provider.url))
    assert telegram.calls == []


@BOTH
def test_a_proxy_of_the_environment_is_asked(
    provider: Provider, open_channel: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", provider.url)
    assert send(open_channel("http://provider.example"))
    assert len(provider.calls) == 1


@BOTH
def test_who_is_to_be_asked_without_a_proxy_is(
    provider: Provider, open_channel: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"127.0.0.1:{free_port()}")
    with pytest.raises(SendFailed):
        send(open_channel("http://provider.example"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    assert send(open_channel(provider.url))


def test_a_proxy_is_told_the_name_that_its_address_holds() -> None:
    assert shown_to("http://we:w%40rd@proxy.example:3128") == {
        "proxy-authorization": "Basic d2U6d0ByZA=="
    }
    assert shown_to("http://proxy.example:3128") == {}


@pytest.mark.parametrize("named", CERTIFICATES[:3])
def test_only_who_proves_to_be_the_provider_is_told_anything(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = issued(tmp_path)
    with Line(b'{"sid": "SM1"}', certificate=certificate) as line:
        with pytest.raises(SendFailed, match="SSLError"):
            send(by_twilio(line.url))
        with pytest.raises(SendFailed, match="NetworkError"):
            send(by_telegram(line.url))
        assert line.heard == 0
        monkeypatch.setenv(named, str(certificate))
        assert send(by_twilio(line.url)) == "SM1"


def issued(folder: Path) -> Path:
    """A certificate for this machine that it signed itself, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    written = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "certificate.pem"
    path.write_bytes(written + made.public_bytes(pem))
    return path


@pytest.mark.parametrize("kind", [TelegramServer])
@pytest.mark.parametrize("trouble", ["nobody", "cut", "no proxy", "no tls"])
def test_what_went_wrong_is_told_without_the_address_for_it_holds_the_token(
    provider: Provider, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.answers.append(CUT)
    at = {
        "nobody": f"http://127.0.0.1:{free_port()}",
        "no tls": provider.url.replace("http:", "https:"),
    }
    if trouble == "no proxy":
        monkeypatch.setenv("ALL_PROXY", "socks9://a:secret@proxy.example")
    request = BlockingRequest(PATIENCE)
    with pytest.raises(NetworkError) as caught:
        finish(request.post(f"{at.get(trouble, provider.url)}/bot{TelegramServer.TOKEN}/getMe"))
    request.close()
    assert "/bot" not in repr(caught.value)
    assert "secret" not in repr(caught.value)


def test_a_method_that_waits_for_anything_else_is_refused() -> None:
    with pytest.raises(RuntimeError, match="event loop"):
        finish(asyncio.sleep(0))


def test_files_are_refused() -> None:
    channel = TelegramChannel(
        TelegramSettings(TelegramServer.TOKEN, None, f"http://127.0.0.1:{free_port()}")
    )
    with pytest.raises(NetworkError, match="files are not sent"):
        channel.run(channel.bot.send_document(55501, b"a letter"))
    channel.close()
