"""Flows of any kind with conditions of any kind, and people who answer them in any way: for properties."""

from datetime import timedelta

from hypothesis import strategies as st
from small_flows import TODAY, source

from flows import Flow, Status, parts_of
from flows.talking.engine import begin, hear

CODES = ["a", "b", "none"]
CHOICES = "choices: {a: Alpha, b: Bravo, none: Nothing}"
ITEMS = {
    "select_one": CHOICES,
    "select_multiple": CHOICES,
    "integer": "hint: N",
    "decimal": "hint: N",
    "range": "start: 0, end: 3",
    "date": "hint: D",
    "text": "hint: T",
    "consent": "scope: quote",
}
NUMBERS = ["0", "1", "2", "2.5", "3", "-1"]
DAYS = ["today()", "'2026-05-31'", "'2026-06-01'", "'2026-06-02'"]
SIGNS = ["<", "<=", "==", "!=", ">", ">="]
REPLIES = {
    "select_one": CODES,
    "select_multiple": ["a", "b", "none", "a, b", "a, b, none"],
    "integer": ["-1", "0", "1", "2", "3", "4"],
    "decimal": ["0", "2.5", "2.75", "1.5", "9", "-3"],
    "range": ["0", "1", "2", "3"],
    "date": ["2026-05-30", "2026-05-31", "2026-06-01", "2026-06-02", "2024-01-01", "2000-05-31"],
    "text": ["x", "hello there", "abc"],
    "consent": ["yes", "no"],
    "repeat": ["yes", "no", "no"],
}


@st.composite
def atoms(draw, known):
    """A comparison of one or two of the questions that are known, by their kinds."""
    name = draw(st.sampled_from(sorted(known)))
    sign = draw(st.sampled_from(SIGNS))
    same = sorted(one for one, kind in known.items() if kind == known[name])
    other = draw(st.sampled_from(same))
    match known[name]:
        case "select_one":
            code = draw(st.sampled_from([*CODES, "[a, b]", "[none]"]))
            if other != name and draw(st.booleans()):
                return f"{name} {draw(st.sampled_from(['==', '!=']))} {other}"
            return f"{name} {'in' if '[' in code else draw(st.sampled_from(['==', '!=']))} {code}"
        case "consent":
            return f"{name} == {draw(st.sampled_from(['yes', 'no']))}"
        case "select_multiple":
            code = draw(st.sampled_from(CODES))
            counted = f"count({name}) {sign} {draw(st.sampled_from(NUMBERS))}"
            single = [f"{one} in {name}" for one, kind in known.items() if kind == "select_one"]
            return draw(st.sampled_from([f"{code} in {name}", counted, name, *single]))
        case "integer" | "decimal" | "range" | "repeat":
            numbers = [
                one for one, kind in known.items() if kind in ("integer", "decimal", "range")
            ]
            right = draw(st.sampled_from([*NUMBERS, *numbers]))
            return f"{name} {sign} {right}"
        case "date":
            age = f"years({name}) {sign} {draw(st.sampled_from(NUMBERS))}"
            return draw(
                st.sampled_from([f"{name} {sign} {draw(st.sampled_from([*DAYS, other]))}", age])
            )
        case "truth":
            return name
        case _:
            size = f"length({name}) {sign} {draw(st.sampled_from(NUMBERS))}"
            return draw(st.sampled_from([f"{name} == 'x'", f"{name} != 'abc'", size]))


@st.composite
def conditions(draw, known):
    """Some comparisons joined; often about one question, so that they come to contradict each other."""
    near = draw(st.sampled_from([known, dict([draw(st.sampled_from(sorted(known.items())))])]))
    parts = draw(st.lists(atoms(near), min_size=1, max_size=3))
    parts += [
        f"answered({name})" for name in draw(st.lists(st.sampled_from(sorted(near)), max_size=1))
    ]
    turned = [f"not ({part})" if draw(st.integers(0, 4)) == 0 else part for part in parts]
    return draw(st.sampled_from([" and ", " and ", " or "])).join(turned)


@st.composite
def flows(draw):
    """A flow of up to eight questions, some of them in a group or a repeat."""
    known: dict[str, str] = {}
    lines: list[str] = []
    for number in range(draw(st.integers(2, 5))):
        if known and draw(st.integers(0, 4)) == 0:
            lines += _block(draw, f"g{number}", known)
        else:
            lines.append(f"  {_item(draw, f'q{number}', known)}")
    return source("\n".join(lines))


def _item(draw, name, known):
    if known and draw(st.integers(0, 6)) == 0:
        truth = draw(conditions(dict(known)))
        known[name] = "truth"
        return f'{name}: {{type: calculate, calculation: "{truth} or 1 > 2"}}'
    kind = draw(st.sampled_from(sorted(ITEMS)))
    keys = [f"type: {kind}", f"label: {name}?", ITEMS[kind], "attempts: 1"]
    if known and draw(st.booleans()):
        keys.append(f'relevant: "{draw(conditions(dict(known)))}"')
    if draw(st.integers(0, 2)) == 0:
        keys.append(f'constraint: "{draw(conditions({**known, name: kind}))}"')
    known[name] = kind
    return f"{name}: {{{', '.join(keys)}}}"


def _block(draw, name, known):
    repeats = draw(st.booleans())
    lines = [f"  {name}:"]
    if draw(st.booleans()):
        lines.append(f'    relevant: "{draw(conditions(dict(known)))}"')
    inside = {**known, **({name: "repeat"} if repeats else {})}
    lines += ["    repeat: Again?", "    max: 3"] if repeats else []
    lines.append("    questions:")
    lines += [
        f"      {_item(draw, f'{name}_{one}', inside)}" for one in range(draw(st.integers(1, 2)))
    ]
    known.update({name: "repeat"} if repeats else inside)
    return lines


def interview(flow: Flow, data, *, refusing: bool):
    """The interview of one person after each of their messages: any answers in any order, over some days."""
    day, one = TODAY, begin(flow, "en", TODAY).interview
    one = hear(one, "yes", day).interview
    for _ in range(25):
        if one.state.status is not Status.WAITING:
            return
        yield one, day
        question = flow.by_id[parts_of(one.state.asked)[0]]
        replies = REPLIES[question.type]
        text = data.draw(st.sampled_from([*replies, *(["skip", "back", "hm"] if refusing else [])]))
        day += timedelta(days=data.draw(st.sampled_from([0, 0, 0, 1]))) if refusing else timedelta()
        one = hear(one, text, day).interview
    yield one, day
