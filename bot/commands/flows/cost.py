"""``testimony flows cost``: what a flow costs as text messages, for a person who has to pay them and for programs.

The JSON's keys stay: ``flow, version, price, contacts, languages``; of each language ``language, name, likely, longest,
messages``; of a way ``sent_messages, sent_segments, sent_segments_smart, received_messages, received_segments,
cost_each, cost_all``; of a message ``name, more, times, encoding, segments, segments_smart, text, before, letters``
(each ``letter, word, where``) and ``saving`` (null, or ``saved, words``). Money is a decimal number as a string.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from itertools import accumulate
from textwrap import wrap
from typing import Any
from unicodedata import east_asian_width

import click

from bot.commands import fail
from bot.commands.flows.files import named
from bot.services import utc_now
from flows import Flow, FlowErrors, language_name, load_file
from flows.cost import Cost, LanguageCost, Letter, Message, Way
from flows.cost import cost as count
from flows.sms import GSM7

WIDTH = 80
FEW = 4  # odd words that are worth naming where no spelling would save
NAMED = 5  # odd words of one message that are named
MOST_PRICE = Decimal(1000)
MEANS = """\
likely   the contact in the middle of 15 made-up ones, whose answers are spread
         evenly over the choices; conditions decide as in a conversation
longest  as if every condition held, every repeat went to its max, and the
         longest choices were taken: more than anyone may be asked
What they send is an estimate: people write as they like, and a photo is an MMS,
which has a price of its own."""
LETTERS = """\
UCS-2: one letter outside GSM-7 (á and í are, é and ñ are not) leaves 70
characters in a segment instead of 160. Other spellings are suggestions: ask a
person who reads the language whether they will do."""


class Price(click.ParamType[Decimal]):
    """Money for one segment: a positive decimal number."""

    name = "price"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        try:
            price = Decimal(str(value).replace("_", "?"))
        except InvalidOperation:
            price = Decimal(0)
        if not price.is_finite() or not 0 < price < MOST_PRICE:
            self.fail(f"“{value}” is no price. Write it with a point, such as 0.0083.", param, ctx)
        return price


@click.command()
@click.argument("flow")
@click.option(
    "--price", type=Price(), required=True, help="What one segment costs, such as 0.0083."
)
@click.option(
    "--contacts", type=click.IntRange(1, 10**9), default=1, help="Reckon for so many contacts."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def cost(flow: str, price: Decimal, contacts: int, form: str) -> None:
    """Tell what FLOW (a file, or the name of a flow) costs as text messages.

    Counted from the messages as they are sent, in segments as Twilio counts them, in each language.
    """
    try:
        loaded = load_file(named(flow))
    except FlowErrors as errors:
        fail("\n".join(map(str, errors.exceptions)))
    counted = count(loaded, utc_now().date())
    if form == "json":
        found = as_json(loaded, counted, price, contacts)
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(as_text(counted, price, contacts)))


def as_json(flow: Flow, counted: Cost, price: Decimal, contacts: int) -> dict[str, Any]:
    """All figures under the keys that the module's head names."""
    languages = [
        {
            "language": code,
            "name": language_name(code),
            "likely": _way(one.likely, price, contacts),
            "longest": _way(one.longest, price, contacts),
            "messages": [_message(message) for message in one.messages],
        }
        for code, one in counted.languages.items()
    ]
    return {
        "flow": counted.flow,
        "version": flow.version,
        "price": f"{price:f}",
        "contacts": contacts,
        "languages": languages,
    }


def _way(way: Way, price: Decimal, contacts: int) -> dict[str, Any]:
    return {
        "sent_messages": way.sent_messages,
        "sent_segments": way.sent_segments,
        "sent_segments_smart": way.sent_smart,
        "received_messages": way.received_messages,
        "received_segments": way.received_segments,
        "cost_each": f"{way.segments * price:f}",
        "cost_all": f"{way.segments * price * contacts:f}",
    }


def _message(message: Message) -> dict[str, Any]:
    found = asdict(message)
    found["segments_smart"] = found.pop("smart")
    return found


def as_text(counted: Cost, price: Decimal, contacts: int) -> Iterator[str]:
    """The figures for reading, no line wider than a terminal."""
    yield f"{counted.flow} as text messages, at {price:f} a segment"
    yield ""
    yield from _table(counted, price, contacts)
    yield ""
    yield MEANS
    odd = False
    for code, one in counted.languages.items():
        yield f"\n{language_name(code)} ({code}), message by message: segments, letters"
        for message in one.messages:
            yield from _told(message)
            odd = odd or message.encoding != GSM7
    if odd:
        yield f"\n{LETTERS}"


def _table(counted: Cost, price: Decimal, contacts: int) -> Iterator[str]:
    many = f"{contacts:,}" if contacts > 1 else ""
    yield f"{'':9}{'you send':>20}{'they send (about)':>21}{'one':>14}{many:>16}".rstrip()
    heads = ("messages", "segments", "messages", "segments", "contact")
    columns = "".join(f"{head:>{width}}" for head, width in zip(heads, WIDTHS, strict=True))
    yield f"{'':9}{columns}{'contacts' if many else '':>16}".rstrip()
    for code, one in counted.languages.items():
        yield f"{language_name(code)} ({code})"
        for name, way in (("likely", one.likely), ("longest", one.longest)):
            yield _row(name, way, price, contacts)
        yield from _with_smart_encoding(one)


WIDTHS = (10, 10, 11, 10, 14)


def _row(name: str, way: Way, price: Decimal, contacts: int) -> str:
    each = way.segments * price
    figures = [way.sent_messages, way.sent_segments, way.received_messages, way.received_segments]
    cells = [f"{figure:,}" for figure in figures] + [f"{each:,.4f}"]
    columns = "".join(f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))
    return f"  {name:7}{columns}" + (f"{each * contacts:>16,.2f}" if contacts > 1 else "")


def _with_smart_encoding(one: LanguageCost) -> Iterator[str]:
    ways = (("likely", one.likely), ("longest", one.longest))
    fewer = [
        f"{name} {way.sent_smart}" for name, way in ways if way.sent_smart != way.sent_segments
    ]
    if fewer:
        yield f"  you send with Twilio's smart encoding on: {', '.join(fewer)} segments"


def _told(message: Message) -> Iterator[str]:
    name = f"{message.name}, after its first piece" if message.more else message.name
    often = f" (up to {message.times} times)" if message.times > 1 else ""
    before = " ".join(message.before.split())
    line = f"{message.segments:>4}  {message.encoding:6} {name}{often}"
    yield _short(f"{line}, after: {before}" if before else line, WIDTH)
    if message.segments == 1 or not message.letters:
        return
    words = {letter.word: letter for letter in message.letters}
    if message.saving or len(words) <= FEW:
        yield from _listed("because of", [_where(one, message) for one in words.values()])
    if message.saving:
        spelled = [new for _, new in message.saving.words]
        yield from _listed(f"{message.saving.saved} fewer if spelled", spelled)


def _where(letter: Letter, message: Message) -> str:
    """A word with its place in the flow; that of the question itself goes without saying."""
    own = letter.where.partition(f"{message.name}.")
    place = own[2] if own[1] else letter.where or "the program's words, or an answer"
    return f"{letter.word} ({place})"


def _listed(head: str, words: list[str]) -> Iterator[str]:
    more = [f"{len(words) - NAMED} more"] if len(words) > NAMED else []
    text = f"{head} {', '.join([*words[:NAMED], *more])}"
    indent = " " * 13
    yield from wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")


def _short(text: str, width: int) -> str:
    """``text`` within so many columns; a letter of East Asia takes two."""
    taken = [1 + (east_asian_width(char) in "WF") for char in text]
    if sum(taken) <= width:
        return text
    return f"{text[: sum(total < width for total in accumulate(taken))].rstrip()}…"
