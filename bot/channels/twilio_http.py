"""Twilio's own client over HTTP, to another address where the settings name one; it keeps what pause was asked for."""

import re
import threading
from typing import Any

from requests.adapters import HTTPAdapter
from twilio.http.http_client import TwilioHttpClient

DEFAULT_API_URL = "https://api.twilio.com"
TIMEOUT = 10.0  # seconds
CONNECTIONS = 64  # kept open: no fewer than messages are sent at once
LONGEST_PAUSE = 3600.0
_TWILIO_HOST = re.compile(r"^https://[a-z.]*twilio\.com")


class HttpClient(TwilioHttpClient):  # type: ignore[misc]  # twilio ships no types
    """What its exceptions leave out of an answer is kept for the thread that asked: ``retry_after``, in seconds."""

    def __init__(self, api_url: str) -> None:
        super().__init__(timeout=TIMEOUT)
        self.session.mount("https://", HTTPAdapter(pool_maxsize=CONNECTIONS))
        self.session.mount("http://", HTTPAdapter(pool_maxsize=CONNECTIONS))
        self._api_url = api_url
        self._last = threading.local()

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        if self._api_url != DEFAULT_API_URL:
            url = _TWILIO_HOST.sub(self._api_url, url, count=1)
        self._last.retry_after = None
        response = super().request(method, url, *args, **options)
        self._last.retry_after = _seconds((response.headers or {}).get("Retry-After", ""))
        return response

    @property
    def retry_after(self) -> float | None:
        """How long Twilio asked this thread to wait, in its last answer."""
        found: float | None = getattr(self._last, "retry_after", None)
        return found


def _seconds(text: str) -> float | None:
    """A pause in seconds; the header's other form, a date, is passed over."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return None
    return min(float(text), LONGEST_PAUSE)
