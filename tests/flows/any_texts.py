"""Texts that were flows once: lines lost, doubled and moved, words changed for others; for properties."""

import copy
import json

from hypothesis import strategies as st
from small_flows import SURVEYS, TRANSCRIPTS, source

from flows.notation.reading import read

RICH = source(
    """
  safe: {type: select_one, label: {en: Safe?, es: ¿A salvo?}, choices: yesno, attempts: 2, then: pause}
  people: {type: range, label: "How many, {safe}?", end: 5, constraint: people > 1}
  tel: {type: phone, label: Your phone?, purpose: To call you back., sensitive: true}
  born: {type: date, label: Born when?, required: true, constraint: born <= today()}
  age: {type: calculate, calculation: years(born)}
  adult: {type: calculate, calculation: age >= 18}
  incidents:
    repeat: {en: Another time?, es: ¿Otra vez?}
    label: "Time {incidents}:"
    max: 3
    relevant: adult and safe == yes
    questions:
      when: {type: date, label: When was it?, constraint: when <= today()}
      what: {type: text, multiline: true, label: "What happened on {when}?", relevant: incidents > 1}
  about:
    label: About you
    questions:
      where: {type: geopoint, label: Where?, relevant: not (yes == safe)}
      agree: {type: consent, scope: quote, label: May we?}
      many: {type: select_multiple, label: Many?, choices: {a: {label: Aa, accept: [Bb]}, b: {es: Be, en: Bee}}}
""",
    choice_lists="{yesno: {yes: {en: It is, es: Lo es}, other: {label: Else, other: {en: What?, es: ¿Qué?}}}}",
    keywords="{en: [SMALL], es: [BREVE]}",
)
TEXTS = [
    RICH,
    RICH,
    *((TRANSCRIPTS / "flows" / f"{name}.yaml").read_text() for name in ("household", "parks")),
    (SURVEYS / "city-testimony.yaml").read_text(),
]
WORDS = [
    "",
    "~",
    "{}",
    "[]",
    "{en: {}}",
    "[[]]",
    "yes",
    "en",
    "es",
    "xx",
    "0",
    "-1",
    "1e9",
    "9" * 30,
]
WORDS += [
    "type",
    "label",
    "relevant",
    "constraint",
    "choices",
    "questions",
    "text",
    "repeat",
    "group",
]
WORDS += [
    "{when}",
    "{",
    "}}",
    "STOP",
    "\0",
    "\u202e",
    "ﷺ",
    "a: b",
    "- a",
    "*a",
    "&a b",
    "!!int 3",
    "'",
    '"',
    "|",
]
WORDS += [
    "today()",
    "years(born)",
    "count(many)",
    "answered(safe)",
    "not",
    "in",
    "==",
    "and and",
    "1 > 2",
]
WORDS += ["--- # blocks/a.yaml\nquestions: {a: {type: text, label: A}}\n", "include: blocks/a.yaml"]


@st.composite
def texts(draw):
    """One of the texts with a few changes."""
    lines = draw(st.sampled_from(TEXTS)).split("\n")
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(lines) - 1))
        match draw(
            st.sampled_from(["lose", "double", "move", "word", "word", "word", "end", "shift"])
        ):
            case "lose":
                lines[place] = ""
            case "double":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines[place])
            case "move":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(place))
            case "end":
                del lines[max(place, 8) :]
                lines.append("")
            case "shift":
                lines[place] = draw(st.sampled_from(["  ", "    ", "\t"])) + lines[place]
            case _:
                pieces = lines[place].replace(",", " , ").replace("}", " }").split(" ")
                some = draw(st.sampled_from(WORDS) | st.text(max_size=4))
                pieces[draw(st.integers(0, len(pieces) - 1))] = some
                lines[place] = " ".join(pieces)
    return "\n".join(lines)


VALUES = [
    "",
    "x",
    "yes",
    "0",
    "-3",
    "2.5",
    "{safe}",
    "{nobody}",
    "en",
    "a",
    "true",
    "30 days",
    "STOP",
    "9" * 40,
]
VALUES += [
    "many",
    "repeat",
    "group",
    "note",
    "select_multiple",
    "calculate",
    "range",
    "text",
    "consent",
    "yesno",
]
VALUES += [
    "safe == yes and safe == other",
    "years(born) > 3",
    "count(incidents) == 2",
    "1 > 2",
    "a in many",
    "x",
]
VALUES += [
    None,
    [],
    {},
    [[]],
    {"en": "Hello you"},
    {"en": "Hi", "es": "Hi"},
    {"a": {"a": "b"}},
    {"": ""},
    ["a", "b"],
]
VALUES += [
    {"en": {"a": "A"}, "es": {"b": "B"}},
    {"type": "text", "label": "Your name?"},
    {"label": {"en": "No"}},
]


def _places(data, path=()):
    yield path
    pairs = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    for key, value in pairs:
        yield from _places(value, (*path, key))


@st.composite
def trees(draw):
    """The same for what is within the text: values, keys and whole parts put elsewhere. Always YAML."""
    data = copy.deepcopy(read(draw(st.sampled_from(TEXTS)), "f").data)
    for _ in range(draw(st.integers(1, 5))):
        every = [path for path in _places(data) if path]
        path = draw(st.sampled_from(every))
        parent = _at(data, path[:-1])
        match draw(st.sampled_from(["value", "value", "key", "lose", "copy"])):
            case "value":
                parent[path[-1]] = copy.deepcopy(draw(st.sampled_from(VALUES)))
            case "key" if isinstance(parent, dict):
                other = draw(st.sampled_from([str(one[-1]) for one in every] + ["x", "", "if"]))
                parent[other] = parent.pop(path[-1])
            case "lose":
                del parent[path[-1]]
            case _:
                parent[path[-1]] = copy.deepcopy(_at(data, draw(st.sampled_from(every))))
    return json.dumps(data, ensure_ascii=False, indent=1)


def _at(data, path):
    for step in path:
        data = data[step]
    return data
