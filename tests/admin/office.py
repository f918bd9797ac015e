"""The office where staff work: a small app with the admin view, and visitors with browsers."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, g
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect
from town import Clock, Town
from werkzeug.test import TestResponse

import admin
from admin import interface
from admin.desk import Desk
from admin.remembering import Remembered
from storage.db import open_database
from storage.files import Store
from storage.library import Library

KEY = bytes(range(32))
PASSWORD = "correct horse battery"
BOT = Path(__file__).parents[2] / "bot"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def open_town(empty: Path, folder: Path, clock: Clock) -> Town:
    path = Path(shutil.copy(empty, folder / "town.db"))
    return Town(open_database(f"sqlite:///{path}", [KEY]), Library(), clock)


def build_app(town: Town, files: Store | None = None) -> Flask:
    """An app with the admin view and what the real one gives it: a key, CSRF protection, a strict CSP."""
    app = Flask("bot", root_path=str(BOT))
    app.config.update(SECRET_KEY="a key for tests", TESTING=True)
    CSRFProtect(app)
    still = Remembered(lambda: 0.0)  # nothing takes long: every page counts anew
    desk = Desk(town.database, town.library, town.clock, files=files, counts=still)
    admin.register(app, desk)

    def secure(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", CSP)
        return response

    app.after_request(secure)
    return app


@contextmanager
def speaking(app: Flask, code: str) -> Iterator[None]:
    """A page in any language that there is, whether our pages have been put into it or not."""
    with app.test_request_context():
        g.speech = interface.speech(code)
        yield


@dataclass
class Visitor:
    """Somebody with a browser, who sends forms with the token that the page has."""

    client: FlaskClient

    def token(self) -> str:
        page = self.client.get("/admin/login").text
        if 'name="csrf_token"' not in page:  # logged in already
            page = self.client.get("/admin/nowhere").text
        return page.split('name="csrf_token" value="')[1].split('"')[0]

    def log_in(self, email: str, password: str = PASSWORD, **form: str) -> TestResponse:
        form = {"email": email, "password": password, "csrf_token": self.token(), **form}
        return self.client.post("/admin/login", data=form)

    def log_out(self) -> TestResponse:
        return self.client.post("/admin/logout", data={"csrf_token": self.token()})
