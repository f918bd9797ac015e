"""Twilio's own log of messages: what it took of ours, and what it received for us while we were away.

It is read, and nothing else. Who else uses the account is told apart by the numbers that are ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from bot.channels import SendFailed, Sent
from storage.messages import DELIVERED

PAGE = 1000  # messages fetched at once; Twilio gives no more
PAGE_OF_ONE = 50  # messages to one person
MOST_LOOKED_AT = 500  # messages to one person that are compared
WHATSAPP = "whatsapp:"
OUR_TROUBLE = {401, 403, 404}
# no answer, a refusal, or an answer that is none of Twilio's
UNREADABLE = (TwilioException, OSError, ValueError, LookupError, AttributeError, TypeError)


class LogUnread(Exception):
    """The log could not be read. ``ours``: the settings are wrong, so trying again is useless."""

    def __init__(
        self, reason: str, *, ours: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ours = ours
        self.retry_after = retry_after


@dataclass(frozen=True)
class Logged:
    """One message as Twilio's log has it; ``files``: how many came with it."""

    sid: str
    inbound: bool
    sender: str
    to: str
    text: str
    status: str
    at: datetime
    files: int
    error: str


class TwilioLog:
    """The log of an account, as far as it concerns our service or number."""

    def __init__(self, client: Client, service: str | None, sender: str | None) -> None:
        self._client = client
        self._service = service
        self._sender = sender

    def numbers(self) -> frozenset[str]:
        """The numbers that are ours: the one of the settings, or those of the messaging service."""
        try:
            pool: list[Any] = []
            if self._service:
                pool = self._client.messaging.v1.services(self._service).phone_numbers.list()
        except UNREADABLE as error:
            raise unread(error) from None
        ours = {str(one.phone_number) for one in pool} | {self._sender or ""}
        return frozenset(_bare(one) for one in ours if one)

    def of_day(self, day: date) -> list[Logged]:
        """All that Twilio received and sent on a day of UTC, the oldest first."""
        begins = datetime(day.year, day.month, day.day, tzinfo=UTC)
        try:
            found = list(
                self._client.messages.stream(
                    date_sent_after=begins,
                    date_sent_before=begins + timedelta(days=1),
                    page_size=PAGE,
                )
            )
        except UNREADABLE as error:
            raise unread(error) from None
        of_it = [one for row in found if (one := _logged(row)).at.date() == day]
        of_it.reverse()  # the newest come first, and within a second that order is all that is known
        of_it.sort(key=lambda one: one.at)
        return of_it

    def files_of(self, sid: str) -> tuple[dict[str, str], ...]:
        """What came with a message, as a webhook names it."""
        try:
            listed = self._client.messages(sid).media.list(limit=10)
        except UNREADABLE as error:
            raise unread(error) from None
        return tuple(
            {
                "url": f"https://api.twilio.com{urlsplit(one.uri).path.removesuffix('.json')}",
                "content_type": str(one.content_type or ""),
            }
            for one in listed
        )

    def taken(self, address: str, text: str, since: datetime) -> list[Sent]:
        """What Twilio took from us for ``address`` in these words since then, the oldest first; raises SendFailed.

        Not by its date of sending: what waits in Twilio's own queue has none yet.
        """
        found = []
        try:
            for row in self._to(address):
                if (row.date_created or since) < since:
                    break
                ours = str(row.direction or "").startswith("outbound")
                # where Twilio keeps no words, whom it was for and when it came must do
                if ours and (row.body or "").strip() in ("", text.strip()):
                    found.append(Sent(str(row.sid), delivered=row.status == DELIVERED))
        except UNREADABLE as error:
            failed = unread(error)
            reason = f"Twilio: its log, {failed.reason}"
            raise SendFailed(reason, permanent=False, retry_after=failed.retry_after) from None
        return found[::-1]

    def _to(self, address: str) -> Iterator[Any]:
        found: Iterator[Any] = self._client.messages.stream(
            to=address, page_size=PAGE_OF_ONE, limit=MOST_LOOKED_AT
        )
        return found


def _bare(address: str) -> str:
    return address.removeprefix(WHATSAPP)


def is_ours(message: Logged, numbers: frozenset[str]) -> bool:
    """Whether a message is between a person and one of our numbers."""
    return _bare(message.to if message.inbound else message.sender) in numbers


def _logged(row: Any) -> Logged:
    files = str(row.num_media or "0")
    return Logged(
        sid=str(row.sid),
        inbound=row.direction == "inbound",
        sender=str(row.from_ or ""),
        to=str(row.to or ""),
        text=str(row.body or ""),
        status=str(row.status or ""),
        at=row.date_sent or row.date_created,
        files=int(files) if files.isdigit() else 0,
        error=str(row.error_code or ""),
    )


def unread(error: Exception) -> LogUnread:
    """What kept the log from being read."""
    answer = next((part for part in error.args if hasattr(part, "status_code")), None)
    if isinstance(error, TwilioRestException):
        return LogUnread(f"Twilio {error.code or error.status}", ours=error.status in OUR_TROUBLE)
    if answer is None:
        return LogUnread(type(error).__name__)
    wait = str((answer.headers or {}).get("Retry-After", ""))
    return LogUnread(
        f"Twilio {answer.status_code}",
        ours=answer.status_code in OUR_TROUBLE,
        retry_after=float(wait) if wait.isdecimal() else None,
    )
