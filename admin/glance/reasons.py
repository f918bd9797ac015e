"""Why messages did not arrive, in plain words: what the provider or we ourselves noted, and what it means.

Twilio's codes are explained at twilio.com/docs/api/errors; here are those that a survey meets.
"""

import re
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.words import CHANNELS
from storage.failures import NotArrived

_OFF = lazy_gettext("The phone was off or out of reach.")
_NO_PHONE = lazy_gettext("The number gets no text messages: it may be a landline, or wrong.")
_STOPPED = lazy_gettext("The person has texted STOP.")
_BLOCKED = lazy_gettext("The person or their carrier blocks our number.")
_FILTERED = lazy_gettext("The carrier held it back as unwanted advertising.")
_UNREGISTERED = lazy_gettext("Our number is not registered with the carriers yet.")
_SETTINGS = lazy_gettext("Our account at the provider is not set up for this.")
_BUSY = lazy_gettext("Too many messages at once.")
_UNTOLD = lazy_gettext("The carrier did not say why.")
_WINDOW = lazy_gettext("WhatsApp lets us answer for 24 hours only.")
_AWAY = lazy_gettext("The provider could not be reached for a day.")
_OURS = lazy_gettext("A fault of this program; the log names it.")
_UNSURE = lazy_gettext("It may have gone out: the program was ended while it was being sent.")
_HELD_UP = lazy_gettext("The service was held up for too long.")
_OTHER_WORDS = lazy_gettext("Not sent on purpose: the person gets it in other words.")
_OTHER_PHONE = lazy_gettext("Not sent on purpose: the person goes on from another phone.")
_RESTORED = lazy_gettext("Not sent on purpose: it waited when a backup was made that was restored.")

TWILIO = {
    **dict.fromkeys((30003,), _OFF),
    **dict.fromkeys((21211, 21214, 21217, 21614, 30005, 30006, 63024), _NO_PHONE),
    **dict.fromkeys((21610,), _STOPPED),
    **dict.fromkeys((21612, 30004), _BLOCKED),
    **dict.fromkeys((30007,), _FILTERED),
    **dict.fromkeys((30032, 30034), _UNREGISTERED),
    **dict.fromkeys(
        (20003, 21212, 21408, 21603, 21606, 21608, 21659, 21660, 21703, 21705), _SETTINGS
    ),
    **dict.fromkeys((30002, 401, 403, 404), _SETTINGS),
    **dict.fromkeys((429, 20429, 14107, 21611, 30001, 30022, 30023, 63018), _BUSY),
    **dict.fromkeys((30008,), _UNTOLD),
    **dict.fromkeys((63016,), _WINDOW),
}
OTHERS = (
    ("Telegram: Forbidden", lazy_gettext("The person has blocked our bot.")),
    ("Telegram: BadRequest (contact", lazy_gettext("The person's Telegram account is gone.")),
    ("Telegram: BadRequest", lazy_gettext("Telegram did not accept the message.")),
    ("Telegram 429", _BUSY),
    ("Telegram: ", _AWAY),
    ("Twilio: ", _AWAY),
    ("the contact was erased", lazy_gettext("Not sent on purpose: the person was erased.")),
    ("the contact stopped", lazy_gettext("Not sent on purpose: the person wants no messages.")),
    ("the person left quietly", lazy_gettext("Not sent on purpose: the person left quietly.")),
    ("the contact has written", lazy_gettext("Not sent on purpose: the person wrote first.")),
    ("the person gets it in other words", _OTHER_WORDS),
    ("the person goes on from another phone", _OTHER_PHONE),
    ("not sent: it waited when the backup was made", _RESTORED),
    ("it may have gone out", _UNSURE),
    ("whoever had it in hand has not told", _UNSURE),
    ("its time was over", _HELD_UP),
    ("the channel is not set up", lazy_gettext("This channel is not set up here.")),
    ("bug:", _OURS),
)
_CODE = re.compile(r"Twilio (\d{3,6})")


@dataclass(frozen=True)
class Told:
    """One reason as the overview tells it."""

    failed: NotArrived

    @property
    def words(self) -> str:
        """What it means."""
        error = self.failed.error or ""
        code = _CODE.fullmatch(error)
        if code and int(code[1]) in TWILIO:
            return str(TWILIO[int(code[1])])
        if code and 500 <= int(code[1]) < 600:
            return str(_AWAY)
        found = next((words for begins, words in OTHERS if error.startswith(begins)), None)
        return str(found) if found else _("No reason that we know was given.")

    @property
    def code(self) -> str:
        """What the provider calls it; "" for what is our own."""
        error = self.failed.error or ""
        return error if error.startswith(("Twilio", "Telegram")) else ""

    @property
    def channel(self) -> str:
        """The channel, as people call it."""
        return str(CHANNELS.get(self.failed.channel, self.failed.channel))
