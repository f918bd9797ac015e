"""What is wrong now, in plain words, and what to do about it: each trouble judged by a small rule of its own.

The limits are those of the alert rules in ``docs/alerts.yaml``, as far as those know the same.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from admin import words
from admin.glance.counts import lasting
from admin.glance.reasons import Told
from admin.pace import PACE
from admin.quarantined import quarantined
from admin.trouble import Trouble as Trouble
from admin.vitals import Vitals
from storage import outbox
from storage.disk import Disk
from storage.failures import NotArrived

LATE, TOO_LATE, SLOW_LATE = 60.0, 300.0, 1800.0  # seconds
SLOW_COMMIT = 0.25  # seconds
MANY = 10  # messages of an hour that did not arrive
ON_PURPOSE = ("the contact", "the person")  # so begin reasons of messages that were held back


def troubles(found: Vitals) -> list[Trouble]:
    """What is wrong, the gravest first."""
    told = [trouble for rule in RULES for trouble in rule(found)]
    return sorted(told, key=lambda trouble: not trouble.grave)


def _keys(found: Vitals) -> Iterator[Trouble]:
    if found.wrong_keys:
        yield Trouble(
            "keys",
            True,
            _("The keys do not open what is kept"),
            _("Addresses and words cannot be read, so no message goes out."),
            _(
                "Put the keys back that were in TESTIMONY_KEYS before, the newest first, and restart."
            ),
        )
    if found.old_key:
        yield Trouble(
            "old-key",
            False,
            _("A change of keys is not finished"),
            _("Some of what is kept is still sealed by an older key."),
            _(
                "Run “testimony keys rotate”. Keep the older key in TESTIMONY_KEYS until it has ended."
            ),
        )


def _tables(found: Vitals) -> Iterator[Trouble]:
    if found.behind:
        yield Trouble(
            "tables",
            True,
            _("The database is not at the program's version"),
            _("The program was changed, and its tables were not, or the other way round."),
            _("Run “testimony db upgrade”, and restart every process with the same version."),
        )


def _outbox(found: Vitals) -> Iterator[Trouble]:
    if found.late >= LATE:
        number = found.queued(*outbox.ANSWERS)
        yield Trouble(
            "outbox",
            found.late >= TOO_LATE,
            _("Replies do not go out"),
            ngettext(
                "%(number)s message waits, and has been due for %(time)s.",
                "%(number)s messages wait; the first has been due for %(time)s.",
                number,
                number=words.number(number),
                time=_lasting(found.late),
            ),
            _(
                "See whether somebody sends: the server itself, or with WORK=worker a “testimony worker”. "
                "Start it again. Where one runs, start another."
            ),
        )
    if found.slow_late >= SLOW_LATE:
        yield Trouble(
            "slow-work",
            False,
            _("Files and exports wait"),
            _(
                "Work that nobody waits for has been due for %(time)s.",
                time=_lasting(found.slow_late),
            ),
            _("It is done beside the sending. If this goes on, start another “testimony worker”."),
        )


def _providers(found: Vitals) -> Iterator[Trouble]:
    """Channels that do not take what they are given."""
    for channel in dict.fromkeys(one.channel for one in found.trying):
        failing = [one for one in found.trying if one.channel == channel]
        number = sum(one.count for one in failing)
        yield Trouble(
            f"channel-{channel}",
            True,
            _("%(channel)s does not take messages", channel=words.CHANNELS.get(channel, channel)),
            ngettext(
                "%(number)s message was not taken, and is tried again for a day.",
                "%(number)s messages were not taken, and are tried again for a day.",
                number,
                number=words.number(number),
            ),
            _(
                "Look at the provider's page of its own troubles, then at your account there: is it paid, "
                "does it send too fast, is its token still the one in the settings?"
            ),
            reasons=_reasons(failing),
        )


def _arrivals(found: Vitals) -> Iterator[Trouble]:
    lost = [one for one in found.not_arrived if not (one.error or "").startswith(ON_PURPOSE)]
    number = sum(one.count for one in lost)
    if number >= MANY:
        yield Trouble(
            "not-arrived",
            False,
            _("Many messages do not arrive"),
            ngettext(
                "%(number)s message of the last hour did not arrive.",
                "%(number)s messages of the last hour did not arrive.",
                number,
                number=words.number(number),
            ),
            _(
                "See for which reasons. A carrier that filters wants our number registered, and texts without links."
            ),
            *("glance", _("Overview")),
            reasons=_reasons(lost),
        )


def _faults(found: Vitals) -> Iterator[Trouble]:
    if found.failed_at:
        number = found.failed_at
        yield Trouble(
            "faults",
            True,
            ngettext(
                "The program failed at %(num)s message",
                "The program failed at %(num)s messages",
                number,
            ),
            _("They are kept, and whoever wrote them got an apology, and no answer."),
            _(
                "Read them, and answer by hand. Give what the mark says to who maintains the program."
            ),
            *("testimonies", _("Testimonies")),
        )


def _database(found: Vitals) -> Iterator[Trouble]:
    if found.commit is not None and found.commit >= SLOW_COMMIT:
        yield Trouble(
            "slow",
            False,
            _("The database is slow"),
            _(
                "Keeping a message takes %(time)s of waiting for its disk.",
                time=words.milliseconds(found.commit),
            ),
            _(
                "See what else uses its disk: a backup, an export, another program. If it stays so, it "
                "needs a faster disk."
            ),
        )


def _disks(found: Vitals) -> list[Trouble]:
    return on_disks(found.disks)


def on_disks(disks: Iterable[Disk]) -> list[Trouble]:
    """The disks that are nearly full."""
    return [
        Trouble(
            f"disk-{number}",
            True,
            _("A disk is nearly full"),
            _("%(room)s are left for %(what)s.", what=holds(disk), room=words.size(disk.free)),
            _("Make room before it is full: without it nothing can be kept."),
        )
        for number, disk in enumerate(disks)
        if disk.nearly_full
    ]


def _exports(found: Vitals) -> Iterator[Trouble]:
    if found.exports_failed:
        number = found.exports_failed
        yield Trouble(
            "exports",
            False,
            ngettext(
                "%(num)s export of this week failed", "%(num)s exports of this week failed", number
            ),
            _("The list of exports says why."),
            _("Ask for it again. If it fails again, the reason is for who runs the machine."),
            *("exports", _("Exports")),
        )


RULES: tuple[Callable[[Vitals], Iterable[Trouble]], ...] = (
    *(_keys, _tables, _outbox, _providers, _faults, _disks),
    *(_database, _arrivals, quarantined, _exports),
    *PACE,
)


def holds(disk: Disk) -> str:
    """What is on a disk, as people call it."""
    names = {"database": _("the database"), "files": _("people's files")}
    return words.listed(names.get(name, name) for name in disk.names)


def _lasting(seconds: float) -> str:
    return lasting(timedelta(seconds=seconds))


def _reasons(failed: Iterable[NotArrived]) -> tuple[str, ...]:
    """What they mean, with the provider's codes, each once."""
    told = (Told(one) for one in failed)
    return tuple(dict.fromkeys(f"{one.words} {one.code}".strip() for one in told))
