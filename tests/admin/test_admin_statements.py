"""Every main page asks the database as often for a thousand testimonies as for ten."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from office import Visitor, build_app
from sqlalchemy import event
from town import Clock, Town

from storage.library import Library
from tests import many_testimonies
from tests.many_testimonies import fill

FEW, MANY = 10, 1000
ONE = 10  # a testimony that has everything: it is tagged, coded, quoted, and came of a meeting
MOST = 60  # statements of any page
PAGES = {
    "list": "/admin/",
    "list, filtered": "/admin/?status=complete&language=en&agreed=quote&order=moved",
    "list, what needs a look": "/admin/?attention=open",
    "list, tagged": "/admin/?tag=1",
    "list, a place": "/admin/?place=city/decatur",
    "testimony": f"/admin/testimonies/{ONE}",
    "testimony in a list": f"/admin/testimonies/{ONE}?tag=1&order=oldest",
    "search": "/admin/search/1",
    "overview": "/admin/glance",
    "overview, all time": "/admin/glance?span=all",
    "coding": "/admin/coding",
    "theme": "/admin/coding/housing",
    "meetings": "/admin/meetings",
    "meeting": "/admin/meetings/1",
    "interviews": "/admin/interviews",
    "export": "/admin/export?flow=grown",
    "exports": "/admin/exports",
    "audit": "/admin/audit",
    "people": "/admin/people",
    "alerts": "/admin/alerts",
    "person": "/admin/people/3",
    "surveys": "/admin/flows",
    "survey": "/admin/flows/grown",
}


class Office:
    """An owner at work in a collection of a size."""

    def __init__(self, folder: Path, interviews: int) -> None:
        self.database = fill(folder / f"{interviews}.db", interviews)
        clock = Clock(many_testimonies.now(interviews))
        visitor = Visitor(build_app(Town(self.database, Library(), clock)).test_client())
        visitor.log_in("owner@example.org", many_testimonies.PASSWORD)
        self.client: FlaskClient = visitor.client
        sought = {"q": "landlord", "csrf_token": visitor.token()}
        assert self.client.post("/admin/search", data=sought).status_code == 303

    def statements(self, address: str) -> list[str]:
        """What a page asks the database, once the surveys are loaded."""
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement != "BEGIN":
                asked.append(statement)

        self.client.get(address)
        event.listen(self.database.engine, "before_cursor_execute", note)
        try:
            answer = self.client.get(address)
            assert answer.status_code == 200
            assert answer.text  # a page that comes in parts has come whole
        finally:
            event.remove(self.database.engine, "before_cursor_execute", note)
        return asked


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The two collections, filled once for all pages."""
    folder = tmp_path_factory.mktemp("offices")
    made = [Office(folder, interviews) for interviews in (FEW, MANY)]
    yield made
    for one in made:
        one.database.close()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_as_often_for_a_thousand_as_for_ten(offices: list[Office], page: str) -> None:
    few, many = (one.statements(PAGES[page]) for one in offices)
    assert len(many) == len(few) <= MOST
