"""The funnel: where people answer, refuse, wait, and leave."""

from datetime import timedelta

from flows import load
from storage import funnel, moving
from storage.db import Database
from storage.funnel import Reached
from storage.library import Library
from storage.testimonies import Filter
from tests.storage.material import NOW, publish, source, tell

FLOW = source("""\
  name: {type: text, label: Name?}
  incidents: {repeat: Again?, questions: {when: {type: integer, label: When?}}}
  last: {type: text, label: Last?}
""")
WAYS = {
    "done": ("yes", "Ana", "2020", "yes", "2021", "no", "Bye"),
    "refuses": ("yes", "SKIP", "2020", "no"),
    "waits": ("yes",),
    "leaves": ("yes", "Di", "STOP"),
    "declines": ("no",),
    "is silent": (),
    "waits in the second time": ("yes", "Fe", "2020", "yes"),
}


def test_who_was_moved_waits_at_no_question_until_they_write(database: Database) -> None:
    publish(database, FLOW)
    tell(database, Library(), "SMALL", "yes")
    changed = FLOW.replace("Name?", "Which name?")
    publish(database, changed, NOW + timedelta(days=1))
    with database.writing() as session:
        moving.migrate(session, load(changed), Library(), NOW.date())
    with database.reading() as session:
        found = funnel.funnel(session, load(changed), Filter(flow="small"))
    assert found["consent"] == Reached(reached=1, answered=1, refused=0, waiting=0, left=0)
    assert found["name"] == Reached(0, 0, 0, 0, 0)


def test_everyone_is_counted_where_they_are(database: Database) -> None:
    publish(database, FLOW)
    shelf = Library()
    for number, said in enumerate(WAYS.values()):
        tell(database, shelf, "SMALL", *said, address=f"+1404555010{number}")
    with database.reading() as session:
        flow = shelf.catalog(session)["small"]
        found = funnel.funnel(session, flow, Filter(flow="small"))
        nobody = funnel.funnel(session, flow, Filter(flow="small", language="es"))
    assert found == {
        "consent": Reached(reached=7, answered=5, refused=1, waiting=1, left=0),
        "name": Reached(reached=5, answered=3, refused=1, waiting=1, left=0),
        "when": Reached(reached=4, answered=3, refused=0, waiting=0, left=1),
        "incidents": Reached(reached=3, answered=3, refused=0, waiting=0, left=0),
        "last": Reached(reached=2, answered=1, refused=0, waiting=1, left=0),
    }
    assert set(nobody.values()) == {Reached(0, 0, 0, 0, 0)}
