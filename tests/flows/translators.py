"""A translator for the tests: texts go out as a real file, are filled in, and come back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from small_flows import source

from flows import examine
from flows.language.entries import Entry
from flows.notation.reading import Document
from flows.translating.files import read_file, write_file
from flows.translating.merging import Merged, merge
from flows.translating.sheet import Header, Moment, Row, Sheet
from flows.translating.telling import told

MOMENT = Moment(datetime(2026, 5, 31, 12, 0, tzinfo=UTC))
FORMATS = ("po", "xlsx", "csv")
QUESTIONS = """
  city:
    type: text
    label: Which city?  # the one you live in
  issue:
    type: select_one
    label: {en: "What weighs on you in {city}?", es: "¿Qué le pesa en {city}?"}
    hint: {en: "For example, rent.", es: "Por ejemplo, renta."}
    choices:
      housing:
        label: {en: Housing, es: Vivienda}
        accept: {en: [rent, landlord], es: [renta]}
      police: Police
"""
FLOW = source(QUESTIONS)
HEADER = Header("small", "en", "vi")


def document(text: str = FLOW) -> Document:
    found = examine(text, "small.yaml")
    assert found.mistakes == ()
    assert found.document is not None
    return found.document


def entries(text: str = FLOW, language: str = "vi", older: str = "") -> tuple[Entry, ...]:
    flow = examine(text, "small.yaml").flow
    assert flow is not None
    return told(flow, document(text), language, document(older) if older else None)


def entry(name: str, text: str = FLOW, language: str = "vi") -> Entry:
    return next(one for one in entries(text, language) if one.id == name)


def in_vietnamese(one: Entry) -> str:
    """A made-up translation: every word of a list has its own, and every text its placeholders."""
    if one.words:
        return ", ".join(f"từ {word}" for word in one.source.split(", "))
    return f"Dịch: {one.source}"


def filled(
    text: str = FLOW,
    form: str = "po",
    language: str = "vi",
    fill: Callable[[Entry], str] = in_vietnamese,
) -> Sheet:
    """What comes back as a file when a translator has filled in every text."""
    done = [replace(one, translation=fill(one)) for one in entries(text, language)]
    header = replace(HEADER, language=language)
    return read_file(f"small.{form}", write_file(f"small.{form}", done, header, MOMENT))


def sheet(*rows: Row, language: str = "vi", name: str = "small") -> Sheet:
    return Sheet(Header(name, "en", language), rows)


def row(name: str, translation: str, text: str = FLOW, **more: bool | str) -> Row:
    """One text as it comes back, by its id."""
    given = {"source": entry(name, text).source} | more
    return Row(name, translation=translation, **given)


def translated(text: str = FLOW) -> str:
    """The flow with every text in Vietnamese."""
    return merge(text, "small.yaml", filled(text)).source


def take(*rows: Row, text: str = FLOW) -> Merged:
    return merge(text, "small.yaml", sheet(*rows))
