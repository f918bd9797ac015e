"""The workshop where organizers write flows: an organizer at work, and the texts she writes."""

import html
import io
import json
import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from office import Visitor
from town import STREET
from werkzeug.test import TestResponse

from storage import drafts, library
from storage.db import Database

# what is opened, and what is sent, each to an address
PAGES = {
    "admin.flows": "/admin/flows",
    "admin.flow_new": "/admin/new-flow",
    "admin.flow": "/admin/flows/street",
    "admin.flow_edit": "/admin/flows/street/edit",
    "admin.flow_play": "/admin/flows/street/play",
    "admin.flow_publish": "/admin/flows/street/publish",
    "admin.flow_back": "/admin/flows/street/versions/1",
    "admin.flow_version": "/admin/flows/street/versions/1.yaml",
    "admin.flow_draft": "/admin/flows/street/draft.yaml",
    "admin.flow_picture": "/admin/flows/street/picture.svg",
    "admin.flow_posters": "/admin/flows/street/posters",
    "admin.flow_poster": "/admin/flows/street/posters/en.png?number=404-555-0100",
}
SENT = {
    "admin.flow_new": "/admin/new-flow",
    "admin.flow_save": "/admin/flows/street/edit",
    "admin.flow_check": "/admin/flows/street/check",
    "admin.flow_discard": "/admin/flows/street/discard",
    "admin.flow_play": "/admin/flows/street/play",
    "admin.flow_publish": "/admin/flows/street/publish",
    "admin.flow_back": "/admin/flows/street/versions/1",
}

# two texts changed, one question more, one less; the Spanish of the new one is missing
BETTER = (
    STREET.replace("Which street do you live in?", "What is your street called?")
    .replace("  people:\n", "  floor:\n")
    .replace(
        "{en: How many of you live there?, es: ¿Cuántas personas viven ahí?}", "{en: Which floor?}"
    )
    .replace("es: Calefacción", "es: Calor")
)
BROKEN = STREET.replace("type: integer", "type: intger")
CLASHING = STREET.replace("flow: street", "flow: avenue").replace("CALLE", "AVENIDA")


@dataclass
class Organizer:
    """Somebody at work, with the token that her pages have."""

    client: FlaskClient
    database: Database

    def get(self, page: str) -> str:
        answer = self.client.get(f"/admin/flows/{page}")
        assert answer.status_code == 200, answer.status
        return html.unescape(answer.text)

    def post(self, page: str, **form: Any) -> TestResponse:
        form = {"csrf_token": Visitor(self.client).token(), **form}
        headers = form.pop("headers", None)
        return self.client.post(f"/admin/{page}", data=form, headers=headers)

    def save(self, source: str, revision: int = 0, flow: str = "street") -> TestResponse:
        return self.post(f"flows/{flow}/edit", source=source, revision=revision)

    def upload(self, raw: bytes, flow: str = "street", name: str = "street.yaml") -> TestResponse:
        form = {"source": "typed", "revision": "0", "file": (io.BytesIO(raw), name)}
        return self.post(f"flows/{flow}/edit", **form)

    def check(self, source: str, flow: str = "street") -> Any:
        return self.post(f"flows/{flow}/check", source=source).json

    def play(self, *said: str, flow: str = "street", **form: str) -> str:
        form = {"said": json.dumps(said), "language": "en", **form}
        answer = self.post(f"flows/{flow}/play", **form)
        assert answer.status_code == 200, answer.status
        return html.unescape(answer.text)

    def shown(self, page: str) -> str:
        """What a page that publishes sends back of what it showed."""
        return re.findall(r'name="shown" value="([^"]*)"', self.get(page))[0]

    def publish(self, flow: str = "street", **form: Any) -> TestResponse:
        shown = self.shown(f"{flow}/publish")
        return self.post(f"flows/{flow}/publish", **{"shown": shown, **form})

    def draft(self, flow: str = "street") -> drafts.Draft | None:
        with self.database.reading() as session:
            return drafts.get(session, flow)

    def versions(self, flow: str = "street") -> list[library.Published]:
        with self.database.reading() as session:
            return library.versions(session, flow)
