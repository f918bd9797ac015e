"""SMS, MMS and WhatsApp by Twilio: signed webhooks in, the REST API out."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Request
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client
from werkzeug.exceptions import RequestEntityTooLarge

from bot.channels import (
    SMS,
    Ending,
    Inbound,
    Malformed,
    Progress,
    Rejected,
    SendFailed,
    Sent,
    well_formed,
)
from bot.channels.signatures import is_signed, is_too_large
from bot.channels.twilio_http import HttpClient
from bot.channels.twilio_log import UNREADABLE, Logged, TwilioLog
from bot.media.fetching import FetchFailed, fetch, new_client
from bot.media.twilio_addresses import own_address
from bot.settings.providers import TwilioSettings
from flows import Command
from storage.messages import DELIVERED, FAILED, SENT, UNDELIVERED, Button
from storage.suppressions import BY_CARRIER, UNREACHABLE

_NAME = re.compile(r"[!-~]{1,128}")  # what a sid or an address is made of
MAX_MEDIA = 10
GONE, BUSY = 404, 429
NO_ANSWER = "Twilio: "  # so begins what we write down of a send that nobody answered
# it may have been taken all the same: no answer, or one that tells of trouble on the way, Twilio's own or a gateway's
UNSURE = re.compile(rf"{NO_ANSWER}|Twilio (408|500|502|503|504|20500)$")
SHORTEST_BASE64 = 60
UNSUBSCRIBED = 21610  # STOP was texted, and the carrier has taken note
OUT_OF_REACH = {21614, 30004, 30005, 30006}  # not a mobile number, blocked, unknown, a landline
DOUBTFUL = {30003, 30007, 30008}  # switched off, filtered, not known: it may pass
# our own account's trouble, or the provider's: not the message's
PASSING = {401, 403, 404, 408, 409, 425, 429}
# A sender or service that is set up wrongly: ours to mend, and no reason to give messages up.
MISCONFIGURED = {21212, 21603, 21606, 21659, 21660, 21703, 21705}
FULL = {21611}  # the queue of our number at Twilio: we send too fast
SIGNS = frozenset(f"Twilio {code}" for code in OUT_OF_REACH | DOUBTFUL)
STATUSES = {"sent": SENT, "delivered": DELIVERED, "read": DELIVERED}
STATUSES |= {"undelivered": UNDELIVERED, "failed": FAILED, "canceled": FAILED}
OPT_OUT = {"STOP": Command.STOP, "START": Command.START, "HELP": Command.HELP}


def verify(request: Request, settings: TwilioSettings | None, public_url: str) -> None:
    """Raise Rejected unless Twilio signed this request for our public address, or RequestEntityTooLarge."""
    signature = request.headers.get("X-Twilio-Signature", "")
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    url = f"{public_url}{request.path}{query}"
    if settings is None or not signature:
        raise Rejected("no signature")
    if is_too_large(request):
        raise RequestEntityTooLarge
    if not is_signed(url, request.form, signature, settings.auth_token):
        raise Rejected("wrong signature")


def parse(request: Request, settings: TwilioSettings | None, public_url: str) -> Inbound:
    """The message in a webhook of Twilio; raises Rejected or Malformed. Unknown parameters are passed over."""
    verify(request, settings, public_url)
    form = request.form
    provider_id = form.get("MessageSid") or form.get("SmsMessageSid") or form.get("SmsSid") or ""
    address = form.get("From", "").strip()
    if not _NAME.fullmatch(provider_id) or not _NAME.fullmatch(address):
        raise Malformed("no MessageSid or no From")
    return Inbound(
        channel=SMS,
        provider_id=provider_id,
        address=address,
        text=_unwrapped(well_formed(form.get("Body", ""))),
        media=_media(form),
        settled=OPT_OUT.get(form.get("OptOutType", "").upper()),
        postcode=_postcode(form),
    )


def _media(form: Any) -> tuple[dict[str, str], ...]:
    """What came with the message: at most ten, as Twilio sends; fetched by nobody here."""
    stated = form.get("NumMedia", "")
    count = min(int(stated), MAX_MEDIA) if re.fullmatch(r"[0-9]{1,4}", stated) else 0
    listed = [(form.get(f"MediaUrl{number}"), number) for number in range(count)]
    return tuple(
        {"url": url, "content_type": form.get(f"MediaContentType{number}", "")}
        for url, number in listed
        if url
    )


def _postcode(form: Any) -> str:
    """The ZIP code of the sender's number, if it is one of the United States."""
    stated = form.get("FromZip", "").strip()
    american = form.get("FromCountry", "") == "US" and re.fullmatch(r"[0-9]{5}", stated)
    return stated if american else ""


def _unwrapped(text: str) -> str:
    """Long texts sometimes arrive base64-wrapped: they are unwrapped when text comes out, else kept."""
    if len(text) < SHORTEST_BASE64:
        return text
    try:
        inner = base64.b64decode(text.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return text
    readable = sum(char.isprintable() or char.isspace() for char in inner)
    return inner if inner and readable == len(inner) else text


def parse_status(
    request: Request, settings: TwilioSettings | None, public_url: str
) -> Progress | None:
    """What Twilio reports of a message of ours; None for the stages that we do not keep."""
    verify(request, settings, public_url)
    form = request.form
    provider_id = form.get("MessageSid") or form.get("SmsSid") or ""
    if not _NAME.fullmatch(provider_id):
        raise Malformed("no MessageSid")
    status = STATUSES.get(form.get("MessageStatus") or form.get("SmsStatus") or "")
    if status is None:
        return None
    ours = request.args.get("message", "")
    found = _progress(provider_id, status, form.get("ErrorCode", ""))
    known = ours.isascii() and ours.isdigit() and len(ours) < 19
    return replace(found, message_id=int(ours)) if known else found


def _progress(provider_id: str, status: str, code: str) -> Progress:
    error = f"Twilio {code}" if re.fullmatch(r"[0-9]{1,6}", code) else None
    ending = _ending(code) if status in (UNDELIVERED, FAILED) else None
    return Progress(status, provider_id, error=error, ending=ending)


def logged_inbound(
    logged: Logged, media: tuple[Mapping[str, str], ...], *, answered: bool = False
) -> Inbound | None:
    """A message as its webhook would have brought it; None for what no webhook would bring."""
    if not _NAME.fullmatch(logged.sid) or not _NAME.fullmatch(logged.sender):
        return None
    text = _unwrapped(well_formed(logged.text))
    return Inbound(
        SMS, logged.sid, logged.sender, text, sent_at=logged.at, media=media, answered=answered
    )


def logged_progress(logged: Logged) -> Progress | None:
    """How far a message of ours has come, as the log has it; None for the stages that we do not keep."""
    status = STATUSES.get(logged.status)
    return _progress(logged.sid, status, logged.error) if status else None


class SmsChannel:
    """Sends by Twilio's REST API, from the messaging service or the number of the settings."""

    def __init__(self, settings: TwilioSettings, public_url: str) -> None:
        self._settings = settings
        self._callback = f"{public_url}/webhooks/twilio/status"
        self._http = HttpClient(settings.api_url)
        self.client = Client(settings.account_sid, settings.auth_token, http_client=self._http)
        self._files = new_client()
        self.log = TwilioLog(self.client, settings.messaging_service_sid, settings.sender)

    def send(self, address: str, text: str, choices: list[Button], message_id: int) -> Sent:
        try:
            message = self.client.messages.create(
                to=address,
                body=text,
                status_callback=f"{self._callback}?message={message_id}",
                **self._sender(address),
            )
        except TwilioRestException as error:
            raise _failure(error, self._http.retry_after) from None
        except UNREADABLE as error:
            raise SendFailed(f"{NO_ANSWER}{type(error).__name__}", permanent=False) from None
        if not message.sid:
            raise SendFailed(f"{NO_ANSWER}it names no message", permanent=False)
        return Sent(str(message.sid))

    def is_unsure(self, error: str) -> bool:
        return UNSURE.match(error) is not None

    def sent_since(self, address: str, text: str, since: datetime) -> list[Sent]:
        return self.log.taken(address, text, since)

    def _sender(self, address: str) -> dict[str, str]:
        if self._settings.messaging_service_sid:
            return {"messaging_service_sid": self._settings.messaging_service_sid}
        sender = self._settings.sender or ""
        whatsapp = address.startswith("whatsapp:") and not sender.startswith("whatsapp:")
        return {"from_": f"whatsapp:{sender}" if whatsapp else sender}

    def fetch_file(self, item: Mapping[str, Any], most: int) -> bytes:
        """A file of an MMS, by the address that its webhook named, if that is Twilio's own."""
        address = own_address(str(item.get("url", "")), self._settings.api_url)
        if address is None:
            raise FetchFailed("not an address of Twilio's", permanent=True)
        known = (self._settings.account_sid, self._settings.auth_token)
        return fetch(self._files, address, most, auth=known)

    def clear(self, target: str) -> None:
        """Have Twilio forget a message's words, or one of its files; what is gone already is well."""
        account, message, *file = target.split("/")
        there = self.client.api.v2010.accounts(account).messages(message)
        try:
            if file:
                there.media(file[0]).delete()
            else:
                there.update(body="")
        except TwilioRestException as error:
            if error.status != GONE:
                raise FetchFailed(f"Twilio {error.code or error.status}") from None
        except (TwilioException, OSError) as error:
            raise FetchFailed(f"Twilio: {type(error).__name__}") from None

    def close(self) -> None:
        self._files.close()
        self._http.close()


def _failure(error: TwilioRestException, wait: float | None) -> SendFailed:
    busy = error.status == BUSY or error.code in FULL
    passing = busy or error.status in PASSING or error.status >= 500 or error.code in MISCONFIGURED
    ending = _ending(str(error.code))
    reason = f"Twilio {error.code or error.status}"
    permanent = ending is not None or not passing
    return SendFailed(reason, permanent=permanent, ending=ending, retry_after=wait, busy=busy)


def _ending(code: str) -> Ending | None:
    """What an error code of Twilio's says of the contact."""
    known = {str(UNSUBSCRIBED): Ending(BY_CARRIER)}
    known |= {str(one): Ending(UNREACHABLE) for one in OUT_OF_REACH}
    known |= {str(one): Ending(UNREACHABLE, SIGNS) for one in DOUBTFUL}
    return known.get(code)
