"""What the tests of exports share: a flow with everything that must be held back, told of, and written to a file."""

import io
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from storage.answers import WORDS
from storage.db import Database, vault_of
from storage.exports import Extract, Order, take
from storage.exports.formats import writer
from storage.files import Store
from storage.library import Library
from storage.models import AnswerRow
from storage.testimonies import Filter
from tests.storage.material import NOW, publish, source, tell

TOWN = source("""\
  said: {type: text, label: {en: What happened?, es: ¿Qué pasó?}, theme: housing}
  people: {type: integer, label: How many?}
  moved: {type: date, label: Since when?}
  home:
    type: select_one
    label: {en: Which home?, es: ¿Qué hogar?}
    choices: {house: {en: House, es: Casa}, flat: {en: Flat, es: Piso}}
  pets:
    type: select_multiple
    label: {en: Which animals?, es: ¿Qué animales?}
    choices: {cat: {en: Cats, es: Gatos}, dog: {en: Dogs, es: Perros}}
  where: {type: geopoint, label: Where?}
  call: {type: phone, label: Which number?}
  papers: {type: select_one, label: Papers?, sensitive: true, choices: {some: Some, none: None}}
  incidents:
    repeat: Another time?
    max: 3
    questions:
      year: {type: integer, label: Which year?}
      what: {type: text, label: What was it?}
  quote: {type: consent, scope: quote, label: May we print it?}
""")
FIRST = ("SMALL", "yes", "=1+1, he said", "3", "1999-12-31", "2", "1 2", "33.748997 -84.387985")
FIRST += ("404-555-0188", "1", "2020", "A door", "yes", "2021", "SKIP", "no", "yes")
SECOND = (
    "SMALL",
    "yes",
    "Nothing",
    *("lots",) * 3,
    "SKIP",
    "1",
    "SKIP",
    "by the church",
    "SKIP",
    "SKIP",
)
SECOND += ("2022", "A window", "no", "no")


def two(database: Database) -> Library:
    """Two who tell all: the first may be quoted, the second may not and says much in words."""
    shelf = Library()
    publish(database, TOWN, NOW - timedelta(days=1))
    tell(database, shelf, *FIRST)
    tell(database, shelf, *SECOND, address="5501", channel="telegram")
    return shelf


def extract(database: Database, *, files: Store | None = None, **asked: object) -> Extract:
    """An export of the small flow."""
    order = Order(Filter(flow="small"), **asked)  # type: ignore[arg-type]
    found = take(database, Library(), order, files)
    assert found is not None
    return found


def made(form: str, found: Extract) -> bytes:
    """What a format writes."""
    file = io.BytesIO()
    writer(form)(found, file)
    return file.getvalue()


def say(database: Database, words: str, question: str = "said") -> None:
    """Have every answer to a question be these words: a reply by message could not hold them all."""
    with database.writing() as session:
        sealed = vault_of(session).seal(words, WORDS)
        session.execute(
            update(AnswerRow).where(AnswerRow.question == question).values(words=sealed)
        )


def folder_of(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder
