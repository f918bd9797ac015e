"""Who may bring messages: the providers, proved by signature or secret; nobody else leaves a trace."""

import json

import pytest
from flask import session
from flask.sessions import NullSession

from tests.bot.conftest import ON_SQLITE, PUBLIC_URL, SECRET, Service, Serving, signature

pytestmark = ON_SQLITE  # nothing comes as far as the database
FORM = {"MessageSid": "SM1", "From": "+14045550123", "To": "+15005550006", "Body": "RIGHTS"}
STATUS = {"MessageSid": "SM1", "MessageStatus": "delivered"}
UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 1,
        "date": 1_780_000_000,
        "chat": {"id": 5, "type": "private"},
        "from": {"id": 5, "is_bot": False, "first_name": "R"},
        "text": "/start",
    },
}
TWILIO, TELEGRAM = "/webhooks/twilio", "/webhooks/telegram"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.mark.parametrize(("path", "form"), [(TWILIO, FORM), (f"{TWILIO}/status", STATUS)])
def test_a_webhook_that_twilio_did_not_sign_is_refused_and_leaves_nothing(
    service: Service, path: str, form: dict[str, str]
) -> None:
    right = signature(path, form)["X-Twilio-Signature"]
    wrong = {
        "unsigned": None,
        "empty": "",
        "forged": "AAAA" * 7,
        "cut": right[:-1],
        "longer": right + "=",
        "other case": right.swapcase(),
        "not ASCII": "é" * 28,
        "for another body": signature(path, {**form, "Body": "yes"})["X-Twilio-Signature"],
        "for another path": signature("/webhooks/other", form)["X-Twilio-Signature"],
        "for another host": signature(path, form, "https://evil.example")["X-Twilio-Signature"],
        "for http": signature(path, form, "http://testimony.example")["X-Twilio-Signature"],
        "for a query": signature(f"{path}?a=1", form)["X-Twilio-Signature"],
        "of the test host": signature(path, form, "http://localhost")["X-Twilio-Signature"],
    }
    before = service.counts()
    for why, given in wrong.items():
        headers = {} if given is None else {"X-Twilio-Signature": given}
        assert service.client.post(path, data=form, headers=headers).status_code == 403, why
    answer = service.client.post(f"{path}?a=1", data=form, headers={"X-Twilio-Signature": right})
    assert answer.status_code == 403
    assert service.counts() == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-Port": "8443", "X-Forwarded-Prefix": "/x"},
        {"Forwarded": "host=evil.example;proto=http", "X-Original-URL": "/elsewhere"},
        {"Host": "10.0.0.9:1234"},
    ],
)
def test_the_signature_is_for_the_public_address_whatever_the_proxy_says(
    service: Service, headers: dict[str, str]
) -> None:
    signed = {**signature(TWILIO, FORM), **headers}
    answer = service.client.post(TWILIO, data=FORM, headers=signed, base_url="http://10.0.0.1:8000")
    assert answer.status_code == 200
    assert service.heard == ["RIGHTS"]


def test_nobody_chooses_the_address_that_is_signed(service: Service) -> None:
    signed = signature(TWILIO, FORM, "https://evil.example")
    forwarded = {"X-Forwarded-Host": "evil.example", "Host": "evil.example"}
    answer = service.client.post(
        TWILIO, data=FORM, headers={**signed, **forwarded}, base_url="https://evil.example"
    )
    assert answer.status_code == 403
    assert service.heard == []


@pytest.mark.parametrize("query", ["?a=1", "?message=7&x=%C3%A9%20%2B", "?a=1&a=2", "?b&a"])
def test_a_query_is_part_of_what_is_signed(service: Service, query: str) -> None:
    path = f"{TWILIO}/status{query}"
    answer = service.client.post(path, data=STATUS, headers=signature(path, STATUS))
    assert answer.status_code == 204


@pytest.mark.parametrize("public", ["https://testimony.example:8443", "https://city.example/bot"])
def test_a_public_address_may_have_a_port_and_a_path(serving: Serving, public: str) -> None:
    service = serving(PUBLIC_URL=public)
    headers = signature(TWILIO, FORM, public)
    assert service.client.post(TWILIO, data=FORM, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        SECRET[:-1],
        SECRET + "x",
        f"{SECRET} {SECRET}",
        SECRET.upper(),
        SECRET[1:],
        "é",
        "0",
        "*",
    ],
)
def test_a_secret_of_telegram_is_compared_whole(service: Service, given: str | None) -> None:
    before = service.counts()
    headers = {} if given is None else {HEADER: given}
    answer = service.client.post(TELEGRAM, data=json.dumps(UPDATE), headers=headers)
    assert answer.status_code == 403
    answer = service.client.post(f"{TELEGRAM}?secret={SECRET}", data=json.dumps(UPDATE))
    assert answer.status_code == 403
    assert service.counts() == before


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b'"update_id"', b'{"update_id":"1"}'])
def test_a_malformed_update_is_answered_400_and_leaves_nothing(
    service: Service, body: bytes
) -> None:
    before = service.counts()
    assert service.update(body) == 400
    assert service.counts() == before


@pytest.mark.parametrize("missing", ["From", "MessageSid"])
def test_a_malformed_text_message_is_answered_400_and_leaves_nothing(
    service: Service, missing: str
) -> None:
    before = service.counts()
    form = {name: value for name, value in FORM.items() if name != missing}
    assert service.signed(TWILIO, form) == 400
    assert service.signed(f"{TWILIO}/status", {"MessageStatus": "sent"}) == 400
    assert service.counts() == before


def test_what_is_too_large_is_answered_413_and_leaves_nothing(service: Service) -> None:
    before = service.counts()
    large = "x" * 1_100_000
    assert service.signed(TWILIO, {**FORM, "Body": large}) == 413
    assert service.signed(f"{TWILIO}/status", {**STATUS, "Body": large}) == 413
    assert service.update({**UPDATE, "more": large}) == 413
    assert service.counts() == before


@pytest.mark.parametrize("path", [TWILIO, f"{TWILIO}/status", TELEGRAM])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_webhooks_are_posts(service: Service, path: str, method: str) -> None:
    headers = {**signature(path, FORM), HEADER: SECRET}
    answer = service.client.open(path, method=method, query_string=FORM, headers=headers)
    assert answer.status_code == 405
    assert service.heard == []


@pytest.mark.parametrize(
    ("path", "unset"),
    [
        (TWILIO, ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"]),
        (f"{TWILIO}/status", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"]),
        (TELEGRAM, ["TELEGRAM_WEBHOOK_SECRET"]),
        (TELEGRAM, ["TELEGRAM_WEBHOOK_SECRET", "TELEGRAM_BOT_TOKEN"]),
    ],
)
def test_a_channel_that_is_not_set_up_refuses_everybody(
    serving: Serving, path: str, unset: list[str]
) -> None:
    service = serving(**dict.fromkeys(unset, ""))
    before = service.counts()
    for headers in ({}, {HEADER: ""}, {HEADER: SECRET}, signature(path, FORM, PUBLIC_URL)):
        data = FORM if path.startswith(TWILIO) else json.dumps(UPDATE)
        assert service.client.post(path, data=data, headers=headers).status_code == 403
    assert service.counts() == before


def test_what_is_taken_is_answered_without_words(service: Service) -> None:
    """The reply goes out by the outbox, never in the answer to the webhook."""
    answer = service.client.post(TWILIO, data=FORM, headers=signature(TWILIO, FORM))
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert "Message" not in answer.text
    answer = service.client.post(TELEGRAM, data=json.dumps(UPDATE), headers={HEADER: SECRET})
    assert (answer.status_code, answer.text) == (200, "")


@pytest.mark.parametrize(("path", "opens"), [(TWILIO, False), ("/admin/login", True)])
def test_only_pages_open_a_session(service: Service, path: str, opens: bool) -> None:
    """To open one takes longer than to check a signature."""
    with service.client as client:
        client.get(path)
        assert isinstance(session, NullSession) is not opens
