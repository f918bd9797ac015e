"""Calls to the providers over HTTP: by urllib3, on connections that stay open, in the thread that asks.

Nothing is asked twice by itself, and no redirect is followed. Proxies and certificates are those that the environment
names. What goes wrong is raised by its kind alone: addresses hold tokens.
"""

import os
import ssl
import threading
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

import certifi
from requests.utils import get_environ_proxies, select_proxy
from urllib3 import (
    BaseHTTPResponse,
    HTTPConnectionPool,
    HTTPResponse,
    HTTPSConnectionPool,
    PoolManager,
    ProxyManager,
    Retry,
    Timeout,
    make_headers,
)
from urllib3 import exceptions as wrong
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import parse_url

CONNECTIONS = 64  # kept open to one host: no fewer than messages are sent at once
REST = 5.0  # seconds without use after which a connection is not trusted: its other end may have gone unnoticed
ONCE = Retry(False)
# where requests, curl and OpenSSL look for the certificates to believe in
CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


class _Rests(HTTPConnection):
    """Is not trusted after ``rest`` seconds without use. A call goes out as one piece, head and body."""

    def __init__(self, *args: Any, rest: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self._rest, self._used = rest, 0.0
        self._held: list[bytes] | None = None

    def request(self, *args: Any, **options: Any) -> None:
        self._held = []
        try:
            super().request(*args, **options)
        finally:
            held, self._held = self._held, None
        super().send(b"".join(held))

    def send(self, data: Any) -> None:
        if self._held is None:
            super().send(data)
        else:
            self._held.append(data)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        found = super().getresponse()
        self._used = time.monotonic()
        return found

    @property
    def is_connected(self) -> bool:
        return time.monotonic() - self._used < self._rest and super().is_connected


class _SafelyRests(_Rests, HTTPSConnection):
    """The same, with TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Rests


class _SafePool(HTTPSConnectionPool):
    ConnectionCls = _SafelyRests


class Caller:
    """Asks providers. Any number of threads may ask at once."""

    def __init__(self, timeout: float, rest: float = REST) -> None:
        """``timeout``: seconds to connect, and seconds without a sign of life."""
        self._timeout = Timeout(connect=timeout, read=timeout)
        self._rest = rest
        self._managers: dict[str, PoolManager] = {}
        self._making = threading.Lock()

    def ask(
        self,
        method: str,
        url: str,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: Timeout | None = None,
    ) -> BaseHTTPResponse:
        """The answer, whatever it is; raises TimeoutError, ssl.SSLError or ConnectionError where there is none."""
        try:
            return self._manager(url).urlopen(
                method,
                url,
                redirect=False,
                body=body,
                headers=headers or {},
                timeout=timeout or self._timeout,
                retries=ONCE,
            )
        except wrong.TimeoutError as error:
            raise TimeoutError(type(error).__name__) from None
        except wrong.SSLError as error:
            raise ssl.SSLError(type(error).__name__) from None
        except wrong.HTTPError as error:
            raise ConnectionError(type(error).__name__) from None

    def close(self) -> None:
        for manager in self._managers.values():
            manager.clear()

    def _manager(self, url: str) -> PoolManager:
        """Of the proxy for a host, or of those that are asked directly; the environment is read once for each host."""
        host = url[: url.find("/", len("https://"))]
        if host not in self._managers:
            with self._making:  # or all who send at first would read the certificates
                if host not in self._managers:
                    proxy = select_proxy(url, get_environ_proxies(url))
                    self._managers[host] = self._new_manager(proxy)
        return self._managers[host]

    def _new_manager(self, proxy: str | None) -> PoolManager:
        options: dict[str, Any] = {"maxsize": CONNECTIONS, "ssl_context": trusted()}
        if proxy is None:
            made = PoolManager(**options)
        else:
            at = proxy if "://" in proxy else f"http://{proxy}"
            made = ProxyManager(at, proxy_headers=shown_to(at), **options)
        kinds = {"http": _Pool, "https": _SafePool}
        rests = {scheme: partial(kind, rest=self._rest) for scheme, kind in kinds.items()}
        made.pool_classes_by_scheme = cast(Any, rests)
        return made


def shown_to(proxy: str) -> dict[str, str]:
    """By what a proxy knows us, where its address says so."""
    name, word = parse_url(proxy).auth_decoded
    return make_headers(proxy_basic_auth=f"{name}:{word or ''}") if name else {}


def trusted() -> ssl.SSLContext:
    """Whose certificates to believe: of whom the environment says, else of whom Mozilla does."""
    named = next(filter(None, map(os.environ.get, CERTIFICATES)), certifi.where())
    if Path(named).is_dir():
        return ssl.create_default_context(capath=named)
    return ssl.create_default_context(cafile=named)
