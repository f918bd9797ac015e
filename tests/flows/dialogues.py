"""Dialogues as text files: read, played, and written again.

# what the dialogue shows                    comments, kept
flows: city-testimony                        the published flows by name, commas between
today: 2026-05-31
language: es                                 what the channel knows of the contact (may be left out)

> RIGHTS                                     a message of the contact
>| and its second line                       ">photo" before a text: a photo came with it; ">begin small": a button
< Welcome!                                   the lines of the reply, "<" alone is an empty one
---
city-testimony: complete in es               every interview at the end, and its answers
  place: "Atlanta"
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from phone import Phone
from small_flows import shipped

from flows import CONSENT, Answer, Given, Interview
from flows.way import way

END = "---"


@dataclass
class Dialogue:
    """``head`` holds the lines before the first message, ``settings`` those of them with a meaning."""

    head: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    turns: list[tuple[list[str], list[str]]] = field(default_factory=list)
    ending: list[str] = field(default_factory=list)


def read_dialogue(path: Path) -> Dialogue:
    dialogue = Dialogue()
    spoken, _, ending = path.read_text(encoding="utf-8").partition(f"\n{END}\n")
    dialogue.ending = ending.splitlines()
    for line in spoken.splitlines():
        if line.startswith(">|"):
            dialogue.turns[-1][0].append(line)
        elif line.startswith(">"):
            dialogue.turns.append(([line], []))
        elif line.startswith("<"):
            dialogue.turns[-1][1].append(line)
        elif dialogue.turns:
            assert not line, f"{path.name}: “{line}” is neither said nor replied"
        else:
            dialogue.head.append(line)
            if ":" in line and not line.startswith("#"):
                key, _, value = line.partition(":")
                dialogue.settings[key] = value.strip()
    return dialogue


def play(dialogue: Dialogue) -> Dialogue:
    """The same dialogue with the replies and the ending that the bot gives to it."""
    names = dialogue.settings["flows"].split(", ")
    today = date.fromisoformat(dialogue.settings["today"])
    phone = Phone({name: shipped(name) for name in names}, today)
    played = Dialogue(dialogue.head, dialogue.settings)
    for lines, _ in dialogue.turns:
        text, said = _said(lines)
        reply = phone.send(text, language=dialogue.settings.get("language"), **said).reply
        shown = reply.text.split("\n") if reply else []
        played.turns.append((lines, [f"< {line}".rstrip() for line in shown]))
    played.ending = [
        line for interview in phone.interviews.values() for line in _ending(interview, today)
    ]
    played.ending += ["(stopped)"] * phone.stopped
    return played


def write_dialogue(dialogue: Dialogue) -> str:
    turns = ["\n".join([*said, *replied]) for said, replied in dialogue.turns]
    head = "\n".join(dialogue.head).strip("\n")
    ending = "\n".join(dialogue.ending)
    return "\n\n".join([head, *turns]) + f"\n\n{END}\n{ending}\n"


def _said(lines: list[str]) -> tuple[str, dict[str, object]]:
    first, *further = lines
    mark, _, text = first.partition(" ")
    text = "\n".join([text, *(line.removeprefix(">| ") for line in further)])
    if mark == ">begin":
        return "", {"begin": True, "flow": text or None}
    return text, {"media": ("photo",) * (mark == ">photo")}


def _ending(interview: Interview, today: date) -> Iterator[str]:
    state = interview.state
    relevant = way(interview.flow, interview.answers, today).relevant
    yield f"{interview.flow.name}: {state.status} in {state.language}"
    for question, answer in interview.answers.items():
        aside = "" if question in relevant | {CONSENT} else " (set aside)"
        yield f"  {question}: {_shown(answer)}{aside}"


def _shown(answer: Answer) -> str:
    if answer.given is Given.REFUSED:
        return "(refused)"
    if answer.given is Given.KEPT:
        return f"(kept as written) {_quoted(answer.words)}"
    if answer.value is None:
        return _quoted(answer.words)
    return ", ".join(answer.value) if isinstance(answer.value, tuple) else str(answer.value)


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
