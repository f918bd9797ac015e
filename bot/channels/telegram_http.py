"""What carries the calls of python-telegram-bot's Bot: in the thread that asks, which waits for the answer.

The library's methods are coroutines for the sake of their requests alone. With one that blocks they wait for nothing
else, and ``finish`` runs them without an event loop: no message goes from thread to thread and back.
"""

import json
from collections.abc import Coroutine
from typing import Any, TypeVar

from telegram.error import NetworkError, RetryAfter, TimedOut
from telegram.request import BaseRequest, RequestData
from urllib3 import Timeout

from bot.channels.calling import Caller

Result = TypeVar("Result")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOT_GIVEN = BaseRequest.DEFAULT_NONE
BUSY = 429
PAUSE = 1  # second, where Telegram, or what stands before it, asks for a pause and names no time


def finish(work: Coroutine[Any, Any, Result]) -> Result:
    """What one of the Bot's methods returns, or raises."""
    try:
        work.send(None)
    except StopIteration as done:
        result: Result = done.value
        return result
    finally:
        work.close()
    raise RuntimeError("a method of the Bot waits for an event loop, and there is none")


def pause_of(body: bytes) -> int:
    """For how many seconds the answer 429 asks to wait."""
    try:
        return max(int(json.loads(body)["parameters"]["retry_after"]), PAUSE)
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return PAUSE


class BlockingRequest(BaseRequest):
    """Makes the Bot's requests, with so many seconds to connect and to write, and between signs of life. No files."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._caller = Caller(timeout)

    @property
    def read_timeout(self) -> float:
        return self._timeout

    async def initialize(self) -> None:
        """There is nothing to do: who asks first connects."""

    async def shutdown(self) -> None:
        self.close()

    def close(self) -> None:
        self._caller.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = NOT_GIVEN,
        write_timeout: Any = NOT_GIVEN,
        connect_timeout: Any = NOT_GIVEN,
        pool_timeout: Any = NOT_GIVEN,
    ) -> tuple[int, bytes]:
        """The status and body of the answer. Nobody waits for a connection of the pool: there is always one more."""
        if request_data is not None and request_data.contains_files:
            raise ValueError("files are not sent")
        body = request_data.url_encoded_parameters() if request_data else None
        headers = {"User-Agent": self.USER_AGENT, **(FORM if body else {})}
        connect, read = self._or_usual(connect_timeout), self._or_usual(read_timeout)
        within = Timeout(connect=connect, read=read)
        try:
            answer = self._caller.ask(method, url, body, headers, within)
        except TimeoutError:
            raise TimedOut from None
        except OSError as error:
            raise NetworkError(type(error).__name__) from None
        if answer.status == BUSY:  # the library takes one without a time for a broken line
            raise RetryAfter(pause_of(answer.data))
        return answer.status, answer.data

    def _or_usual(self, seconds: Any) -> float | None:
        found: float | None = self._timeout if seconds is NOT_GIVEN else seconds
        return found
