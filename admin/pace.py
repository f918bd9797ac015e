"""What holds messages back on purpose, or was missed: limits of providers, the cap of the day, an outage that ended."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from admin import words
from admin.glance.counts import lasting
from admin.trouble import Trouble
from admin.vitals import Vitals

NEAR = 0.8  # of the day's cap
LONG = 60.0  # seconds that a channel waits because its provider asked for it


def _cap(found: Vitals) -> Iterator[Trouble]:
    now = found.limits
    if now.most is None or now.spent < now.most * NEAR:
        return
    hard = now.hard is not None and now.spent >= now.hard
    told = _(
        "Today %(spent)s segments of text messages went out; the day may have %(most)s.",
        spent=words.number(now.spent),
        most=words.number(now.most),
    )
    if now.spent < now.most:
        advice = _(
            "When it is reached, reminders and broadcasts wait until tomorrow. Raise SPEND_DAY, or do nothing."
        )
        yield Trouble("cap-near", False, _("The day's money is nearly spent"), told, advice)
    elif hard:
        advice = _(
            "Nobody is answered until tomorrow, but for who says STOP. See who writes so much, or raise SPEND_DAY."
        )
        yield Trouble("cap-passed", True, _("The day's money is spent, and far more"), told, advice)
    else:
        advice = _(
            "Reminders and broadcasts wait until tomorrow; whoever writes is answered. Raise SPEND_DAY to go on."
        )
        yield Trouble("cap", True, _("The day's money is spent"), told, advice)


def _pauses(found: Vitals) -> Iterator[Trouble]:
    for channel, seconds in found.limits.waiting.items():
        if seconds >= LONG:
            yield Trouble(
                f"pause-{channel}",
                False,
                _("%(channel)s asks us to wait", channel=words.CHANNELS.get(channel, channel)),
                _("Nothing goes out there for %(time)s.", time=lasting(timedelta(seconds=seconds))),
                _(
                    "All of it goes out afterwards. If this comes often, set a lower rate in the settings."
                ),
            )


def _missed(found: Vitals) -> Iterator[Trouble]:
    if found.missed:
        number = found.missed
        yield Trouble(
            "missed",
            False,
            _("Messages came in while the service was away"),
            ngettext(
                "%(number)s message was fetched from Twilio's log in the last day, and is answered.",
                "%(number)s messages were fetched from Twilio's log in the last day, and are answered.",
                number,
                number=words.number(number),
            ),
            _(
                "Nothing is lost. See why the service did not answer: its log, its address, its fallback at Twilio."
            ),
        )


PACE: tuple[Callable[[Vitals], Iterable[Trouble]], ...] = (_cap, _pauses, _missed)
