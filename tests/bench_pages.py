"""What the pages of staff take with 1,000,000 answers, beside 10,000: a part of ``make bench``.

The pages are asked for through Flask's test client, with the kept counts renewed, as the service does by itself. What
takes long to count is remembered for a minute: "anew" is without that.

What one testimony in a thousand has, nobody has in a collection of a thousand, and an empty page costs less than a full
one at any size. So the small collection has as many of the rare ones as the large has, and its lists are as full.
"""

import tempfile
from functools import partial
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect

import admin
from admin.desk import Desk
from admin.remembering import Remembered
from bot.tallying import renew
from storage.library import Library
from tests import many_testimonies
from tests.bench_table import Spent, Table, spent
from tests.many_testimonies import ANSWERS, USUAL, Share, fill

SMALL, LARGE = 10_000 // ANSWERS, 1_000_000 // ANSWERS  # interviews
AS_MANY = Share(rare=SMALL // (LARGE // USUAL.rare), marked=8)  # a page is full of each
TIMES = 3
LISTS, CONSTANT = ("list", "list, at half its depth"), "/constant"
SIMPLE = 5.0  # times the time of a constant page
GROWN = 2.0  # times the time of 10,000 that a page may take
PAGES = {
    "list": "/admin/",
    "list, at half its depth": "/admin/?before={half}",
    "list, last moved": "/admin/?order=moved",
    "list, a rare tag": "/admin/?tag=2",
    "list, a rare place": "/admin/?place=city/plains",
    "list, a rare place and a theme": "/admin/?place=city/plains&theme=housing",
    "list, a tag and agreed to quotes": "/admin/?tag=1&agreed=quote",
    "list, agreed to quotes": "/admin/?agreed=quote",
    "list, a rare consent": "/admin/?agreed=media",
    "list, what needs a look": "/admin/?attention=open",
    "list, what needs a look, last moved": "/admin/?attention=open&order=moved",
    "list, a rare place and a status, last moved": "/admin/?place=city/plains&status=complete&order=moved",
    "one testimony": "/admin/testimonies/{half}",
    "overview, 7 days": "/admin/glance?span=7",
    "overview, all time": "/admin/glance?span=all",
    "coding": "/admin/coding",
    "a theme": "/admin/coding/housing",
    "a survey": "/admin/flows/grown",
    "audit log": "/admin/audit",
}
ANEW = ("overview, all time", "coding", "a survey")
ROWS = [(name, address, False) for name, address in PAGES.items()]
ROWS += [(f"{name}, anew", PAGES[name], True) for name in ANEW]


class Office:
    """An owner at the desk of a collection of a size."""

    def __init__(self, folder: Path, interviews: int, share: Share = USUAL) -> None:
        self.database = fill(folder / f"{interviews}.db", interviews, share)
        self.half, now = interviews // 2, many_testimonies.now(interviews)
        renew(self.database, now)  # as the service does by itself
        self.app = Flask("bot", root_path=str(Path(__file__).parents[1] / "bot"))
        self.app.config.update(SECRET_KEY="bench", TESTING=True)
        CSRFProtect(self.app)
        self.counts = Remembered()
        desk = Desk(self.database, Library(), lambda: now, counts=self.counts)
        admin.register(self.app, desk)
        self.app.add_url_rule(CONSTANT, view_func=lambda: "constant")
        self.client = self._logged_in()

    def _logged_in(self) -> FlaskClient:
        client = self.app.test_client()
        token = client.get("/admin/login").text.split('name="csrf_token" value="')[1].split('"')[0]
        form = {"email": "owner@example.org", "password": many_testimonies.PASSWORD}
        assert client.post("/admin/login", data={**form, "csrf_token": token}).status_code == 303
        return client

    def ask(self, address: str, *, anew: bool = False) -> Spent:
        """What a page takes, whole; ``anew``: nothing was counted before."""
        return spent(lambda: self._asked(address, anew=anew), TIMES)

    def lines(self, address: str) -> int:
        """How many lines the tables of a page have."""
        return self._asked(address).count("<tr")

    def _asked(self, address: str, *, anew: bool = False) -> str:
        if anew:
            self.counts.forget()
        answer = self.client.get(address.format(half=self.half))
        assert answer.status_code == 200
        return answer.text


class Offices:
    """Both collections, in a folder that goes away with them."""

    def __enter__(self) -> tuple[Office, Office]:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        self._made = Office(folder, LARGE), Office(folder, SMALL, AS_MANY)
        for name, address in PAGES.items():  # surveys are loaded and the file is read once
            large, small = (office.lines(address) for office in self._made)
            assert large == small or not name.startswith("list"), f"{name}: {large}, {small}"
        return self._made

    def __exit__(self, *_: object) -> None:
        for office in self._made:
            office.database.close()
        self._folder.cleanup()


def pages(table: Table) -> None:
    """The pages of staff with 1,000,000 answers, beside the same with 10,000."""
    with Offices() as (large, small):
        for name, address, anew in ROWS:
            ours, theirs = (partial(one.ask, address, anew=anew) for one in (large, small))
            name = f"1,000,000 answers: {name}"
            table.compare(name, ours, theirs, "10,000 answers", most=GROWN)
        for name in LISTS:
            ours, theirs = partial(large.ask, PAGES[name]), partial(large.ask, CONSTANT)
            table.compare(
                f"1,000,000 answers: {name}", ours, theirs, "a page of one word", most=SIMPLE
            )
