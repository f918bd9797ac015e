"""Bursts that look automated, as the page of alerts tells of them."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from admin.trouble import Trouble
from admin.vitals import Vitals


def quarantined(found: Vitals) -> Iterator[Trouble]:
    """A trouble while messages are in quarantine."""
    if found.quarantined:
        number = found.quarantined
        yield Trouble(
            "quarantine",
            False,
            ngettext(
                "%(num)s message is in quarantine", "%(num)s messages are in quarantine", number
            ),
            _("They came in bursts that look automated. They are kept, and were not answered."),
            _("See who they are, and let them through, or leave them."),
            *("quarantine", _("Quarantine")),
        )
