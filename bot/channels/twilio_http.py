"""What carries the calls of Twilio's own client, to another address where the settings name one.

It keeps what pause was asked for. Nothing is logged here: what is sent are words and numbers of people.
"""

import json
import logging
import re
import threading
from collections.abc import Mapping
from urllib.parse import urlencode

from twilio.http import HttpClient as TwilioHttpClient
from twilio.http.response import Response
from urllib3 import Timeout, make_headers

from bot.channels.calling import Caller

DEFAULT_API_URL = "https://api.twilio.com"
TIMEOUT = 10.0  # seconds
LONGEST_PAUSE = 3600.0
_TWILIO_HOST = re.compile(r"^https://[a-z.]*twilio\.com")


class HttpClient(TwilioHttpClient):  # type: ignore[misc]  # twilio ships no types
    """What its exceptions leave out of an answer is kept for the thread that asked: ``retry_after``, in seconds."""

    def __init__(self, api_url: str) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False, timeout=TIMEOUT)
        self._caller = Caller(TIMEOUT)
        self._api_url = api_url
        self._last = threading.local()

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """The answer to a call of Twilio's client; no redirect is followed, for the API has none."""
        if self._api_url != DEFAULT_API_URL:
            url = _TWILIO_HOST.sub(self._api_url, url, count=1)
        if params:
            url += ("&" if "?" in url else "?") + _form(params)
        sent = dict(headers or {})
        if auth:
            sent |= make_headers(basic_auth=":".join(auth))
        within = Timeout(connect=timeout, read=timeout) if timeout else None
        self._last.retry_after = None
        answer = self._caller.ask(method.upper(), url, _body(data, sent), sent, within)
        self._last.retry_after = _seconds(answer.headers.get("Retry-After", ""))
        return Response(answer.status, answer.data.decode(errors="replace"), answer.headers)

    @property
    def retry_after(self) -> float | None:
        """How long Twilio asked this thread to wait, in its last answer."""
        found: float | None = getattr(self._last, "retry_after", None)
        return found

    def close(self) -> None:
        self._caller.close()


def _form(values: Mapping[str, object]) -> str:
    return urlencode([one for one in values.items() if one[1] is not None], doseq=True)


def _body(data: Mapping[str, object] | None, headers: Mapping[str, str]) -> str | None:
    """What is sent, as the headers say that it is."""
    if not data:
        return None
    return json.dumps(data) if "json" in headers.get("Content-Type", "") else _form(data)


def _seconds(text: str) -> float | None:
    """A pause in seconds; the header's other form, a date, is passed over."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return None
    return min(float(text), LONGEST_PAUSE)
