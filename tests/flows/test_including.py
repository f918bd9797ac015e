"""Blocks that flows share: put in where they are named, told of by their own file, and published with the flow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_flows import examples, source

from flows import FlowErrors, load, load_file, read_source
from flows.language.including import join, split

FLOW = source("""
  first: {type: text, label: First?}
  you: {include: blocks/about-you.yaml, label: About you, relevant: answered(first)}
  last: {type: text, label: "Last, {tongue}?"}
""")
BLOCK = """\
choice_lists:
  agree: {yes: Yes indeed, no: Not at all}
questions:
  tongue: {type: text, label: {en: Which language?, vi: Tiếng gì?}}
  street: {type: select_one, label: Which street?, choices: agree}
"""
NAME = "blocks/about-you.yaml"


def errors(text: str) -> list[str]:
    with pytest.raises(FlowErrors) as told:
        load(text, "flows/small.yaml")
    return [
        f"{one.file}:{one.mark.line}:{one.mark.column}: {one.message}"
        for one in told.value.exceptions
    ]


def test_the_questions_of_a_block_stand_where_it_is_included():
    flow = load(join(FLOW, {NAME: BLOCK}))
    assert [one.id for one in flow.questions] == ["first", "you.label", "tongue", "street", "last"]
    assert flow.by_id["street"].choice("yes").label == {"en": "Yes indeed"}
    assert flow.by_id["tongue"].shown_if.source == "answered(first)"


def test_a_block_may_speak_more_languages_than_the_flow():
    assert load(join(FLOW, {NAME: BLOCK})).by_id["tongue"].label["vi"] == "Tiếng gì?"


def test_a_mistake_in_a_block_is_told_with_its_own_file_and_line():
    text = join(FLOW, {NAME: BLOCK.replace("type: text", "type: txet")})
    assert errors(text) == ["flows/blocks/about-you.yaml:4:18: there is no type “txet”"]


def test_an_id_that_both_have_is_told():
    text = join(FLOW, {NAME: BLOCK.replace("street:", "last:")})
    assert errors(text) == ["flows/small.yaml:10:3: “last” is the id of another question (line 5)"]


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("flow: x\nquestions: {}", "1:1: there is no “flow” in a block"),
        ("- a", "1:1: this block holds no questions"),
        ("", "1:1: this block holds no questions"),
        ("questions:\n  a: {include: b.yaml}", "2:7: a block cannot include another"),
        ("questions: {a: [}", "1:17: this cannot be read as YAML"),
    ],
)
def test_what_is_no_block_is_told(block, message):
    told = errors(join(FLOW.replace(", {tongue}", ""), {NAME: block}))
    assert any(f"about-you.yaml:{message}" in one for one in told)


def test_a_block_that_is_not_there_is_told():
    told = errors(FLOW.replace(", {tongue}", ""))
    assert told == [f"flows/small.yaml:9:18: there is no file “{NAME}”"]


def test_files_beside_the_flow_are_read_and_no_others(tmp_path):
    (tmp_path / "flows" / "blocks").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text(BLOCK, encoding="utf-8")
    (tmp_path / "flows" / "blocks" / "about-you.yaml").write_text(BLOCK, encoding="utf-8")
    path = tmp_path / "flows" / "small.yaml"
    path.write_text(FLOW, encoding="utf-8")
    assert "tongue" in load_file(path).by_id
    assert read_source(path) == join(FLOW, {NAME: BLOCK})
    for outside in ("../secret.yaml", str(tmp_path / "secret.yaml"), "blocks", "a\0b"):
        path.write_text(FLOW.replace(NAME, outside).replace(", {tongue}", ""), encoding="utf-8")
        with pytest.raises(FlowErrors):
            load_file(path)


LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40).filter(
    lambda text: "--- #" not in text
)


@given(
    LINES, st.dictionaries(st.from_regex(r"[a-z/]{1,9}\.yaml", fullmatch=True), LINES, max_size=3)
)
@examples(200)
def test_a_flow_and_its_blocks_travel_as_one_text(main, blocks):
    """But for a last line without an end, which gets one."""

    def ended(text: str) -> str:
        return text if not text or text.endswith("\n") else f"{text}\n"

    found, parts = split(join(main, blocks))
    assert (ended(found), {name: ended(text) for name, text in parts.items()}) == (
        ended(main),
        {name: ended(text) for name, text in blocks.items()},
    )
