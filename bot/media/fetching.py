"""Getting a file over HTTP: as a stream that ends at a limit, in a limited time, and no secret goes to another host."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urljoin, urlsplit

import httpx

TIMEOUT = 20.0  # seconds without a sign of life
DEADLINE = 180.0  # seconds for the whole
REDIRECTS = 3
GONE = 410
MISSING = 404
BUSY = 429
LONGEST_WAIT = 3600.0


class FetchFailed(Exception):
    """A file was not got. Carries a reason without addresses.

    ``permanent``: trying again is useless. ``missing``: it is not there, or not there yet. ``retry_after``: seconds
    the provider asked us to wait.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        missing: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.missing = missing
        self.retry_after = retry_after


class TooLarge(Exception):
    """A file is larger than ``most`` bytes."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} bytes")
        self.most = most


@runtime_checkable
class FetchesFiles(Protocol):
    """A channel whose messages bring files."""

    def fetch_file(self, item: Mapping[str, Any], most: int) -> bytes:
        """The file that the provider described as ``item``; raises FetchFailed, or TooLarge beyond ``most`` bytes."""


@runtime_checkable
class ClearsAway(Protocol):
    """A channel whose provider can be asked to forget."""

    def clear(self, target: str) -> None:
        """Have ``target`` cleared: account/message, its words, or account/message/file; raises FetchFailed."""


def new_client() -> httpx.Client:
    """A client for files. Redirects are followed here, by hand: it must be seen where they lead."""
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False)


def fetch(
    client: httpx.Client,
    url: str,
    most: int,
    *,
    auth: tuple[str, str] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> bytes:
    """The bytes at ``url``; raises TooLarge beyond ``most``, FetchFailed for all else that goes wrong.

    ``auth`` is shown to the host of ``url`` and to no other.
    """
    ends = clock() + DEADLINE
    at = url
    for _ in range(REDIRECTS + 1):
        shown = auth if _origin(at) == _origin(url) else None
        try:
            found = _ask(client, at, most, shown, lambda: clock() > ends)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise FetchFailed(type(error).__name__) from None
        if isinstance(found, bytes):
            return found
        at = _led(url, at, found)
    raise FetchFailed("redirects without end")


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _led(start: str, at: str, to: str) -> str:
    """Where a redirect leads. It stays with TLS, unless the first address had none: a server of tests."""
    try:
        address = urljoin(at, to)
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if not parts.hostname or parts.scheme not in ("https", urlsplit(start).scheme):
        raise FetchFailed("a redirect to where we do not go", permanent=True)
    return address


def _ask(
    client: httpx.Client,
    url: str,
    most: int,
    auth: tuple[str, str] | None,
    too_late: Callable[[], bool],
) -> bytes | str:
    """The body, or where it is said to be."""
    basic = httpx.BasicAuth(*auth) if auth else None
    headers = {"Accept-Encoding": "identity"}  # what is counted is what comes
    with client.stream("GET", url, auth=basic, headers=headers) as response:
        if response.is_redirect:
            return response.headers["Location"]
        if response.status_code != httpx.codes.OK:
            raise _failure(response)
        stated = response.headers.get("Content-Length", "")
        if stated.isascii() and stated.isdigit() and int(stated) > most:
            raise TooLarge(most)
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            if len(body) > most:
                raise TooLarge(most)
            if too_late():
                raise FetchFailed("it took too long")
    return bytes(body)


def _failure(response: httpx.Response) -> FetchFailed:
    status = response.status_code
    wait = response.headers.get("Retry-After", "")
    return FetchFailed(
        f"HTTP {status}",
        permanent=status == GONE,
        missing=status == MISSING,
        retry_after=min(float(wait), LONGEST_WAIT) if wait.isascii() and wait.isdigit() else None,
    )
