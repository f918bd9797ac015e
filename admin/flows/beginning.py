"""What a new flow begins from: a short template, or a copy of one that ships or is published. Nothing is stored."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

import flows
from admin.interface import tongue_of
from flows import Flow, load_file, read_source
from storage import library

TEMPLATE = Path(__file__).with_name("beginning.yaml")
SHIPPED = Path(flows.__file__).with_name("surveys")
NAMED = re.compile(r"^flow:.*$", re.MULTILINE)


@dataclass(frozen=True)
class Model:
    """A flow that can be copied."""

    title: str
    source: str


def template(name: str, title: str) -> str:
    """The template under a flow's name and with its title."""
    filled = {
        "KEYWORD": re.sub("[^a-z0-9]", "", name).upper(),
        "TITLE": json.dumps(title, ensure_ascii=False),
        "NAME": name,
    }
    written = TEMPLATE.read_text(encoding="utf-8")
    return re.sub("|".join(filled), lambda found: filled[found[0]], written)


def models(session: Session) -> Mapping[str, Model]:
    """The flows that can be copied, by name: those published, as they are, and those that ship beside them."""
    found = {flow.name: Model(_title(flow), read_source(path)) for path, flow in _shipped()}
    for version in library.current_versions(session):
        source = library.source_of(session, version.id)
        found[version.flow] = Model(_title(flows.load(source, trusted=True)), source)
    return dict(sorted(found.items()))


def copy(model: Model, name: str) -> str:
    """The text of a flow under another name."""
    return NAMED.sub(f"flow: {name}", model.source, count=1)


def _shipped() -> list[tuple[Path, Flow]]:
    return [(path, load_file(path)) for path in sorted(SHIPPED.glob("*.yaml"))]


def _title(flow: Flow) -> str:
    return flow.say(flow.title, tongue_of(flow))
