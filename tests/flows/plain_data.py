"""Interviews as plain JSON and back, as a store would keep them between two messages."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from flows import Answer, Catalog, Given, Interview, Menu, Standing, State, Status, Uttered
from flows.language.expressions import Value


def dump(interview: Interview) -> dict[str, Any]:
    state = interview.state
    return {
        "id": interview.id,
        "flow": interview.flow.name,
        "language": state.language,
        "status": state.status.value,
        "asked": state.asked,
        "attempts": state.attempts,
        "menu": state.menu.value,
        "answers": {
            question: [
                *[answer.given.value, plain(answer.value), answer.words, answer.language],
                answer.veiled,
            ]
            for question, answer in interview.answers.items()
        },
        "channel": interview.channel,
        "held": interview.held,
        "cared": sorted(interview.cared),
    }


def load(data: dict[str, Any], catalog: Catalog) -> Interview:
    answers = {
        question: Answer(Given(given), value_of(value), *rest)
        for question, (given, value, *rest) in data["answers"].items()
    }
    state = State(
        data["language"],
        Status(data["status"]),
        data["asked"],
        data["attempts"],
        Menu(data["menu"]),
    )
    return Interview(
        catalog[data["flow"]],
        state,
        answers,
        data["id"],
        channel=data["channel"],
        held=data["held"],
        cared=frozenset(data["cared"]),
    )


def plain(value: Value) -> Any:
    if isinstance(value, Decimal | date):
        return {type(value).__name__: str(value)}
    return list(value) if isinstance(value, tuple) else value


def value_of(data: Any) -> Value:
    match data:
        case {"Decimal": number}:
            return Decimal(number)
        case {"date": day}:
            return date.fromisoformat(day)
        case list():
            return tuple(data)
    return data


def dump_standing(standing: Standing) -> dict[str, Any]:
    return {
        "language": standing.language,
        "stopped": standing.stopped,
        "menu": standing.menu.value,
        "adding": standing.adding,
        "told": [asdict(one) for one in standing.told],
        "current": standing.current and dump(standing.current),
        "paused": {name: dump(interview) for name, interview in standing.paused.items()},
    }


def load_standing(data: dict[str, Any], catalog: Catalog) -> Standing:
    return Standing(
        data["language"],
        data["stopped"],
        Menu(data["menu"]),
        data["current"] and load(data["current"], catalog),
        {name: load(interview, catalog) for name, interview in data["paused"].items()},
        adding=data["adding"],
        told=tuple(Uttered(**{**one, "media": tuple(one["media"])}) for one in data["told"]),
    )
