"""What every channel gives and takes: one kind of inbound message, one way to send, one way to fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from flows import Command
from storage.messages import Button

SMS, TELEGRAM, WEB = "sms", "telegram", "web"
WHATSAPP = "whatsapp"  # comes by Twilio's door for SMS, and its addresses say so
KINDS_OF_FILES = {"image": "photo", "audio": "voice", "video": "video"}


@dataclass(frozen=True)
class Inbound:
    """One message of a contact, parsed and verified.

    ``provider_id`` names the delivery and is claimed once; ``provider_ref`` is what edits refer to. ``edits`` is the
    ``provider_ref`` of the message that this one corrects. ``settled``: the carrier answered this word
    already. ``album``: what the provider calls the files that were sent together. ``seen``: the id of the last message
    that the page it was said on shows, where the channel has pages. ``postcode``: the US ZIP code that the carrier
    names; it is not kept. ``source``: how the contact came, where the channel was told, as ``storage.sources`` has it.
    ``answered``: the provider's log has a message of ours to the contact, since the one before this.
    ``invite``: the meeting's code that the page was opened with.
    """

    channel: str
    provider_id: str
    address: str
    text: str
    sent_at: datetime | None = None
    provider_ref: str | None = None
    edits: str | None = None
    media: tuple[Mapping[str, Any], ...] = ()
    album: str | None = None
    begin: bool = False
    flow: str | None = None
    language: str | None = None
    settled: Command | None = None
    seen: int | None = None
    postcode: str = ""
    source: str | None = None
    invite: str = ""
    answered: bool = False

    @property
    def medium(self) -> str:
        """The channel as people know it."""
        return WHATSAPP if self.address.startswith(f"{WHATSAPP}:") else self.channel


@dataclass(frozen=True)
class Blocking:
    """A contact has blocked us on the channel, or has let us in again."""

    channel: str
    address: str
    blocked: bool


@dataclass(frozen=True)
class Ending:
    """What a failure says of the contact: why no more messages should be sent, as ``storage.suppressions`` has it.

    ``signs``: it says so only when the last messages all failed for one of these reasons; none: at once.
    """

    reason: str
    signs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Progress:
    """What the provider reports of a message of ours."""

    status: str
    provider_id: str
    message_id: int | None = None
    error: str | None = None
    ending: Ending | None = None


@dataclass(frozen=True)
class Sent:
    """The provider has taken a message; ``delivered``: there is nothing more to wait for.

    ``at`` is the provider's own time, where it tells it: the clock by which it dates what contacts send.
    """

    provider_id: str
    delivered: bool = False
    at: datetime | None = None


class Rejected(Exception):
    """The sender of a webhook is not who it must be."""


class Malformed(Exception):
    """A webhook's body is not what the provider sends."""


class SendFailed(Exception):
    """A message was not taken. Carries the provider's code and reason, never the words or the address.

    ``permanent``: trying again is useless. ``ending``: what it says of the contact. ``retry_after``: seconds the
    provider asked us to wait. ``busy``: we send too fast, whatever it is that we send.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        ending: Ending | None = None,
        retry_after: float | None = None,
        busy: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.ending = ending
        self.retry_after = retry_after
        self.busy = busy


def kind_of_file(content_type: str) -> str:
    """What people call a file of this type: photo, voice, video, or file."""
    return KINDS_OF_FILES.get(content_type.partition("/")[0], "file")


class Channel(Protocol):
    """One way to reach a contact."""

    def send(self, address: str, text: str, choices: list[Button], message_id: int) -> Sent:
        """Hand one message to the provider; raises SendFailed. ``message_id`` is ours, for call-backs."""

    def close(self) -> None:
        """Let go of connections."""


@runtime_checkable
class TellsSent(Protocol):
    """A channel whose provider keeps a log of what it took, so that an answer that never came can be looked up."""

    def is_unsure(self, error: str) -> bool:
        """Whether a send that failed for this reason may have been taken all the same."""

    def sent_since(self, address: str, text: str, since: datetime) -> list[Sent]:
        """What the provider took for ``address`` in these words, the oldest first; raises SendFailed."""


def well_formed(text: str) -> str:
    """Text that can be encoded: halves of surrogate pairs become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
