"""The guide for organizers: every flow in it loads, and every dialogue goes as it is told.

To write down anew what the bot says: UPDATE_TRANSCRIPTS=1 python -m pytest tests/flows/test_flow_guide.py
"""

import os
import re
from pathlib import Path

import pytest
from phone import Phone
from small_flows import TODAY

from flows import examine, load
from flows.language.parts import MAY
from flows.language.schema import SAID
from flows.rehearsing.playing import play
from flows.rehearsing.transcripts import read, write

GUIDE = Path(__file__).parent.parent.parent / "docs" / "flows.md"
EXAMPLE = re.compile(r"```yaml\n(?P<flow>.*?)```\n\n```text\n(?P<talk>.*?)```", re.DOTALL)
HEAD = """\
flow: example
title: {en: An example, es: Un ejemplo}
languages: [en, es]
keywords: {en: [EXAMPLE]}
contact: The guide
consent: {label: May we?, declined: Good bye.}
closing: Thank you.
"""
COMMANDS = "At any time"


def whole(example: str) -> str:
    """A flow, or questions and other keys under a head that is not shown."""
    return example if example.startswith("flow:") else HEAD + example


def played(example: re.Match[str]) -> str:
    """The dialogue with what the bot says. What leads to the first question is left out where the head is."""
    flow = load(whole(example["flow"]))
    phone = Phone({flow.name: flow}, TODAY, language="en")
    asked = ""
    if not example["flow"].startswith("flow:"):
        said = phone.hears("EXAMPLE", "yes").split("\n\n")
        asked = "\n\n".join(part for part in said if not part.startswith(COMMANDS))
    lines = [line for line in example["talk"].splitlines() if not line.startswith("<")]
    told = write(play(read("\n".join(lines)), phone.catalog, phone)).partition("\n---\n")[0]
    first = "".join(f"< {line}".rstrip() + "\n" for line in asked.splitlines())
    return f"{first}\n{told.strip()}\n".lstrip("\n")


def recorded(example: re.Match[str]) -> str:
    return example[0].removesuffix(f"{example['talk']}```") + f"{played(example)}```"


if os.environ.get("UPDATE_TRANSCRIPTS"):
    GUIDE.write_text(EXAMPLE.sub(recorded, GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
EXAMPLES = list(EXAMPLE.finditer(GUIDE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["flow"][:30])
def test_an_example_of_the_guide_goes_as_it_is_told(example):
    assert examine(whole(example["flow"])).mistakes == ()
    assert example["talk"] == played(example)


def test_every_block_of_the_guide_is_an_example():
    text = GUIDE.read_text(encoding="utf-8")
    assert text.count("```yaml") == text.count("```text") == len(EXAMPLES)


@pytest.mark.parametrize("key", sorted(set(SAID) - {"translations", "reviewed", "sources"}))
def test_every_key_has_its_example(key):
    shown = "\n".join(example["flow"] for example in EXAMPLES)
    assert re.search(rf"\b{key}:", shown)


@pytest.mark.parametrize("kind", sorted(set(MAY) - {"group", "repeat"}))
def test_every_type_has_its_example(kind):
    shown = "\n".join(example["flow"] for example in EXAMPLES)
    assert re.search(rf"type: {kind}\b", shown)
