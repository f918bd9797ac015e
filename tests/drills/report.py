"""The report: a row a drill and database, as a table to read and as JSON to keep."""

import json
from collections.abc import Sequence
from pathlib import Path

from tests.drills.drill import Result
from tests.drills.people import SMS

HEAD = ("drill", "database", "faults", "messages", "tries refused", "longest", "lost", "doubled")
HEAD += ("interviews", "astray", "replies", "unsent", "disordered", "unknown", "repeats", "settled")


def row(one: Result) -> tuple[str, ...]:
    """The figures of one drill."""
    if one.left_out:
        return (one.name, one.database, f"left out: {one.left_out}")
    found = one.accounts
    return (
        *(one.name, one.database, str(one.faults), str(found.messages), str(one.refused)),
        *(f"{one.longest:.1f} s", str(found.lost), str(found.doubled), str(found.interviews)),
        *(str(found.astray), str(found.replies), str(found.unsent), str(found.disordered)),
        *(
            str(sum(one.unknown.values())),
            f"{found.twice} ({found.repeated:.2%})",
            f"{one.settled:.0f} s",
        ),
    )


def table(results: Sequence[Result]) -> str:
    """All of them, as Markdown."""
    return as_table(HEAD, [row(one) for one in results])


def as_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under their heads."""
    lines = [head, ["---" for _ in head], *rows]
    return "\n".join(f"| {' | '.join(one)} |" for one in lines)


HANDS = ("drill", "database", "channel", "in hand at each kill", "unknown", "found in a log")
HANDS += ("replies", "repeats")


def hands(results: Sequence[Result]) -> str:
    """What workers had in hand when they were killed, or of which nobody told, and what came of it, by channel."""
    rows = [
        (
            *(one.name, one.database, channel),
            ", ".join(str(killed.get(channel, 0)) for killed in one.in_hand),
            str(one.unknown.get(channel, 0)),
            str(one.found) if channel == SMS else "it has none",
            *(str(one.accounts.by_channel.get(channel, 0)), str(number)),
        )
        for one in results
        if one.in_hand or one.unknown
        for channel, number in sorted(one.accounts.repeats.items())
    ]
    return as_table(HANDS, rows) if rows else ""


def write(results: Sequence[Result], path: Path) -> None:
    """The same as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # not asdict, which spoils a Counter
    listed = [
        {**vars(one), "accounts": vars(one.accounts), "repeated": one.accounts.repeated}
        for one in results
    ]
    path.write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
