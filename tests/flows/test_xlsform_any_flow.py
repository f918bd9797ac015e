"""Any flow goes out as a form that others take, and comes back equal."""

import warnings

from hypothesis import assume, given
from hypothesis import strategies as st
from small_flows import examples
from xlsforms import differences, flow_of

from flows import examine
from flows.notation.writing import written
from flows.xlsform.exporting import export_flow
from flows.xlsform.importing import import_form

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what pyxform's own libraries warn of is not ours
    from pyxform.xls2xform import convert

LETTERS = "aZñé=+-@_x0041_\xa0'\"’${}#:|>&*!%~\t😀אب中\u200b\u2028،<b>"
ODD = st.lists(
    st.sampled_from([*LETTERS, "{{", "}}", "\n", "_x0041_", " - ", "yes", "null", "010"]),
    max_size=12,
)
TEXTS = ODD.map(lambda parts: "".join(part for part in parts if part not in "{}") or "a")
WORDS = TEXTS.map(lambda text: f"word {text}")


@st.composite
def texts(draw):
    number = st.integers(0, 10**6)
    said = {"en": f"T{draw(number)} {draw(TEXTS)}"}
    if draw(st.booleans()):
        said["es"] = draw(st.sampled_from(["", f"E{draw(number)} {draw(TEXTS)}"]))
    return said["en"] if len(said) == 1 and draw(st.booleans()) else said


KINDS = ["note", "text", "integer", "decimal", "range", "date", "select_one", "select_multiple"]
KINDS += ["geopoint", "media", "phone", "email", "consent", "calculate"]


@st.composite
def items(draw, name, before):
    kind = draw(st.sampled_from(KINDS))
    item = {"type": kind, "label": draw(texts())}
    if kind == "calculate":
        item["calculation"] = draw(st.sampled_from(["1 + 2", "today()", "today() > '2020-01-01'"]))
    if kind.startswith("select"):
        item["choices"] = draw(choices(name))
    if kind == "consent":
        item["scope"] = draw(st.sampled_from(["quote", "updates", "follow_up", "media"]))
    if kind not in ("note", "calculate"):
        item |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "hint": texts(),
                    "purpose": texts(),
                    "required": st.sampled_from(["true", "false"]),
                    "sensitive": st.just("true"),
                    "attempts": st.just("2"),
                    "then": st.sampled_from(["keep", "pause"]),
                    "theme": st.just("housing"),
                    "constraint": st.just(f"answered({name})"),
                },
            )
        )
        if "constraint" in item and draw(st.booleans()):
            item["constraint_message"] = draw(texts())
    if before and draw(st.booleans()):
        item["relevant"] = f"not answered({draw(st.sampled_from(before))})"
    return item


@st.composite
def choices(draw, name):
    if draw(st.booleans()):
        return "shared list"
    found = {}
    for number in range(draw(st.integers(1, 3))):
        label = draw(texts())
        optional = {"accept": st.lists(WORDS, max_size=2), "theme": st.just("x")}
        found[f"{name}_{number}"] = draw(
            st.one_of(
                st.just(label), st.fixed_dictionaries({"label": st.just(label)}, optional=optional)
            )
        )
    if draw(st.booleans()):
        found["more"] = {"label": "More of it", "other": draw(st.one_of(st.just("true"), texts()))}
    return found


TOPICS = st.sampled_from(["danger", "self_harm", "q", "contact"])
LISTS = st.dictionaries(st.sampled_from(["en", "es"]), st.lists(WORDS, max_size=2), min_size=1)


@st.composite
def cares(draw):
    """Help in some dangers, which may be named like a question."""
    words = {"en": [f"{draw(WORDS)} one"], **draw(LISTS.filter(lambda listed: listed.get("en", 1)))}
    return {"words": draw(st.sampled_from([words, words["en"]])), "label": draw(texts())}


PROTECTING = st.fixed_dictionaries(
    {},
    optional={
        "care": st.dictionaries(TOPICS, cares(), min_size=1, max_size=2),
        "leave": st.one_of(LISTS, st.lists(WORDS, min_size=1, max_size=2)),
        "not_private": st.one_of(st.sampled_from(["true", "false"]), texts()),
    },
)


@st.composite
def any_flow(draw):
    questions, before = {}, []
    for number in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(["q", "data", "meta", "closing", "declined"])) + ("x" * number)
        item = draw(items(name, before))
        if draw(st.booleans()):
            block = {"questions": {name: item}}
            block |= {"label": draw(texts())} if draw(st.booleans()) else {}
            block |= {"repeat": draw(texts())} if draw(st.booleans()) else {}
            item, name = block, f"in_{name}"
        elif item["type"] not in ("note",):
            before.append(name)
        questions[name] = item
    return {
        "flow": "any",
        "title": draw(texts()),
        "languages": ["en", "es"],
        "contact": draw(texts()),
        "consent": {"label": draw(texts()), "declined": draw(texts())},
        "choice_lists": {"shared list": {"a": "Aaaa", "b": {"en": "Bbbb", "es": "Cccc"}}},
        "questions": questions,
        "closing": draw(texts()),
        **draw(PROTECTING),
    }


@given(any_flow())
@examples(30)
def test_any_flow_comes_back_equal_and_its_form_is_taken(data):
    source = written(data)
    found = examine(source, "any.yaml", stem="any")
    assume(found.flow is not None)
    exported = export_flow(found)
    back = import_form(exported.data, "any")
    assert [*differences(found.flow, flow_of(back, "any")), *back.told] == []
    convert(xlsform=exported.data, validate=False, file_type=".xlsx")
