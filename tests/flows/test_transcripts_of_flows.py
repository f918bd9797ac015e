"""The transcripts that authors write beside a flow: forgiving to read, plain when wrong, recorded on request."""

from datetime import date

import pytest
from dialogues import played
from hypothesis import given
from hypothesis import strategies as st
from small_flows import examples, flow_of, shipped, source

from flows import FlowErrors, Said
from flows.rehearsing.differing import compare
from flows.rehearsing.playing import DAY, play, transcript_of
from flows.rehearsing.rehearsal import beside, check_transcripts, recorded, rehearse, update
from flows.rehearsing.transcripts import read, write

NEITHER = "this line begins neither with > nor with <"
SMALL = flow_of(languages="[en]", title="Small")
PICKING = flow_of(
    """
  name: {type: text, label: Your name?}
  pick: {type: select_one, label: Pick, choices: {a: Apples, b: Pears}}
""",
    languages="[en]",
    title="Small",
)
WHOLE = """\
# Sam likes pears.
> START
< May we?
< 1. Yes
< 2. No
> yes
< At any time you can send BACK to change an answer, SKIP to leave one out, REPEAT, LANGUAGE, HELP, or STOP to end.
< Your name?
> Sam
< Pick
< 1. Apples
< 2. Pears
< Reply with a number.
> 2
< Thanks.
---
small: complete in en
consent: yes
name: "Sam"
pick: b
"""


def faults(text: str) -> list[str]:
    """The mistakes in reading a transcript, as "line: message"."""
    try:
        read(text, "t.txt")
    except FlowErrors as errors:
        return [f"{one.mark.line}: {one.message}" for one in errors.exceptions]
    return []


def found(text: str, flow=SMALL) -> list[str]:
    """What playing a transcript finds, as it is shown."""
    return [str(one) for one in rehearse(flow, {"t.txt": text}).findings]


def test_a_dialogue_written_by_hand_is_compared_without_its_blanks():
    """Empty lines, a missing blank behind the mark and indented lines are nobody's mistake."""
    assert found(WHOLE, PICKING) == []
    assert found(WHOLE.replace("> ", ">").replace("< ", "  <"), PICKING) == []
    assert found(WHOLE.replace("\n", "\r\n"), PICKING) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1: nobody says anything in this transcript"]),
        ("# only a remark", ["1: nobody says anything in this transcript"]),
        ("hello", [f"1: {NEITHER}"]),
        ("> hi\nHello!\nWho?\n> me\nagain", [f"{line}: {NEITHER}" for line in (2, 5)]),
        ("< Welcome\n> hi", ["1: the bot never speaks first"]),
        (">| more\n> hi", ["1: this goes on with a message, and there is none before it"]),
        ("> hi\n< yes\n>| more", ["3: this goes on with a message, and there is none before it"]),
        ("today: tomorrow\n> hi", ["1: “tomorrow” is not a day"]),
        ("today: 2026-02-30\n> hi", ["1: “2026-02-30” is not a day"]),
        ("langage: es\n> hi", ["1: there is no setting “langage”"]),
        ("channel: fax\n> hi", ["1: “fax” is no channel"]),
        ("> hi\n>place the park", ["2: this is not a place"]),
        (">place 91, 0\n>place 45 181", ["1: this is not a place", "2: this is not a place"]),
    ],
)
def test_a_line_that_means_nothing_is_named(text, expected):
    """All of them at once; a text pasted without its marks is one mistake."""
    assert faults(text) == expected


def test_a_misspelt_setting_gets_its_cure():
    with pytest.raises(FlowErrors) as caught:
        read("langage: es\n> hi", "t.txt")
    assert [one.cure for one in caught.value.exceptions] == ["Did you mean language?"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("> hello", Said("hello")),
        (">hello", Said("hello")),
        (">", Said("")),
        ("> photo", Said("photo")),
        (">photo", Said("", media=("photo",))),
        (">photo my door", Said("my door", media=("photo",))),
        (">photos of it", Said("photos of it")),
        (">voice", Said("", media=("voice",))),
        (">video at night", Said("at night", media=("video",))),
        (">place 33.75, -84.39", Said("33.750000, -84.390000")),
        (">begin", Said("", begin=True)),
        (">begin parks", Said("", begin=True, flow="parks")),
        ("> one\n>| two\n>|\n>|three", Said("one\ntwo\n\nthree")),
        ("> one\n# a remark\n>| two", Said("one\ntwo")),
    ],
)
def test_what_the_contact_sends(line, said):
    assert read(line).exchanges[0].message == said


def test_messages_come_back_as_they_were_told():
    """A transcript made of messages is read as the same messages."""
    said = [
        Said("hello"),
        Said("> < #\n\n# not a remark"),
        Said("", media=("voice",)),
        Said("at night\nin the rain", media=("video",)),
        Said("photo"),
    ]
    told = read(write(transcript_of(said, DAY, language="es")))
    assert [one.message for one in told.exchanges] == said
    assert (told.today, told.language) == (DAY, "es")


def test_a_difference_is_shown_with_its_place():
    """The first one only: what comes after it follows from it."""
    text = WHOLE.replace("< 2. Pears", "< 2. Plums").replace("< Thanks.", "< Bye.")
    assert found(text, PICKING) == [
        "t.txt:12:1: after “Sam” the bot does not say what stands here\n"
        "    the transcript has: 2. Plums\n"
        "    the bot says:       2. Pears\n"
        "    If the bot is right, record it: testimony flows check --update"
    ]


def test_a_difference_in_the_answers_is_shown_too():
    text = recorded("> START\n> yes\n> Sam", SMALL, "t.txt").replace('"Sam"', '"Max"')
    assert [line.strip() for line in found(text)[0].splitlines()][1:3] == [
        'the transcript has: name: "Max"',
        'the bot says:       name: "Sam"',
    ]


def test_a_reply_that_is_not_recorded_yet_is_asked_for():
    told = found("> START\n> yes\n")
    assert len(told) == 1
    assert told[0].startswith("t.txt:1:1: after “START” the bot does not say what stands here")
    assert "the transcript has: (nothing)" in told[0]
    assert told[0].endswith("Record it: testimony flows check --update")


def test_a_long_difference_is_cut_short():
    flow = flow_of(
        "  pick: {type: select_one, label: Pick, choices: {a: A1, b: B1, c: C1, d: D1, e: E1}}",
        languages="[en]",
        title="Small",
    )
    (told,) = found("> START\n< x\n", flow)
    assert told.count("\n") < 12
    assert "(and " not in told
    (told,) = found("> START\n< May we?\n< 1. Yes\n< 2. No\n> yes", flow)
    assert "(and 4 more)" in told


def test_an_ending_that_is_not_told_is_not_compared():
    text = recorded("> START\n> yes\n", SMALL, "t.txt")
    assert found(text[: text.index("---")]) == []


def test_flows_that_a_transcript_names_must_be_there():
    parks = shipped("parks")
    text = "flows: small, parks\n> PARKS\n> no"
    (told,) = rehearse(SMALL, {"t.txt": text.replace("parks\n", "park\n")}).findings
    assert (told.mark.line, told.message) == (1, "there is no flow “park” here")
    whole = recorded(text, SMALL, "t.txt", {"parks": parks})
    assert rehearse(SMALL, {"t.txt": whole}, {"parks": parks}).findings == ()
    assert "parks: declined in en" in whole


def test_a_dialogue_in_a_language_begins_in_it():
    """By its keyword, or where the channel knows the language."""
    flow = flow_of(keywords="{en: [GO], es: [VAMOS]}")
    assert "small: waiting in es" in recorded("> VAMOS", flow, "t.txt")
    assert "small: waiting in es" in recorded("language: es\n> hola", flow, "t.txt")


def test_without_a_day_it_is_always_the_same_one():
    flow = flow_of("  when: {type: date, label: When?}", languages="[en]", title="Small")
    text = "> START\n> yes\n> yesterday"
    assert "when: 2026-01-14" in recorded(text, flow, "t.txt")
    assert "when: 2026-05-30" in recorded(text, flow, "t.txt", today=date(2026, 5, 31))


def test_every_kind_of_answer_shows_in_the_ending():
    """Refused, kept as written, open, calculated, set aside, of a repeat, of a photo: each can be told apart."""
    flow = flow_of(
        """
  age: {type: integer, label: Age?}
  double: {type: calculate, calculation: age * 2 / 3}
  old: {type: calculate, calculation: age > 60}
  pet: {type: text, label: Pet?, relevant: age > 10}
  pic: {type: media, label: A photo?}
  times:
    repeat: Again?
    questions:
      when: {type: date, label: When?}
  skipped: {type: text, label: Skipped?}
  story: {type: text, label: Story?, multiline: true}
""",
        languages="[en]",
        title="Small",
    )
    said = "START;yes;20;Rex;photo;2026-01-01;yes;eh;eh;eh;no;BACK;BACK;BACK;BACK;BACK;BACK;BACK;5"
    text = "".join(f"> {one}\n" for one in said.split(";")).replace("> photo", ">photo of it")
    text += "> SKIP\n> One\n> Two\n"
    ending = recorded(text, flow, "t.txt").split("---\n")[1]
    assert ending.splitlines() == [
        "small: waiting in en",
        "  consent: yes",
        "  age: 5",
        "  double: (calculated) 3.33",
        "  old: (calculated) no",
        '  pet: "Rex" (set aside)',
        '  pic: photo "of it"',
        "  when/1: 2026-01-01",
        "  times/1: yes",
        '  when/2: (kept as written) "eh"',
        "  times/2: no",
        "  skipped: (refused)",
        '  story: (not ended with DONE) "One\\nTwo"',
    ]


# Files


@pytest.fixture
def place(tmp_path):
    """A flow's file with a folder for its transcripts."""
    path = tmp_path / "small.yaml"
    path.write_text(source(languages="[en]", title="Small"), encoding="utf-8")
    path.with_suffix("").mkdir()
    return path


def put(place, name: str, text: str):
    file = place.with_suffix("") / name
    file.write_text(text, encoding="utf-8")
    return file


def test_transcripts_lie_in_a_folder_named_like_the_flow(place, tmp_path):
    put(place, "b.txt", "> START")
    put(place, "a.txt", "> START")
    put(place, "notes.md", "not a transcript")
    assert [file.name for file in beside(place)] == ["a.txt", "b.txt"]
    assert beside(tmp_path / "without.yaml") == []


def test_recording_fills_in_the_other_half_and_keeps_the_rest(place):
    """Remarks, their order and the contact's words stay; a day is written down where none was."""
    file = put(place, "sam.txt", "# Sam agrees.\n> START\n\n# then\n> yes\n> Sam\n# the end\n")
    assert update(place, SMALL, today=date(2026, 5, 31)) == [file]
    lines = file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line[:1] in ("#", ">") or line.startswith("today")]
    assert kept == [
        "# Sam agrees.",
        "today: 2026-05-31",
        "> START",
        "# then",
        "> yes",
        "> Sam",
        "# the end",
    ]
    assert "< Your name?" in lines
    assert check_transcripts(place, SMALL).findings == ()
    assert update(place, SMALL, today=date(2027, 1, 1)) == []


def test_what_cannot_be_read_is_named_and_never_written(place):
    broken = put(place, "broken.txt", "> START\nHello?\n")
    other = place.with_suffix("") / "latin.txt"
    other.write_bytes("> café".encode("latin-1"))
    good = put(place, "good.txt", "> START")
    assert update(place, SMALL) == [good]
    assert broken.read_text(encoding="utf-8") == "> START\nHello?\n"
    assert other.read_bytes() == "> café".encode("latin-1")
    assert [one.message for one in check_transcripts(place, SMALL).findings] == [
        "this is not UTF-8 text",
        "this line begins neither with > nor with <",
    ]
    assert sorted(file.name for file in place.with_suffix("").iterdir()) == [
        "broken.txt",
        "good.txt",
        "latin.txt",
    ]


def test_a_phone_of_json_hears_what_a_phone_in_memory_hears():
    """The product's player and the one of these tests come to the same."""
    for name in ("household", "parks"):
        told = read(f"flows: {name}\ntoday: 2026-05-31\n> {name}\n> yes\n> 3\n> BACK\n> STOP\n> hi")
        assert write(played(told)) == write(play(told, {name: shipped(name)}))


# Whatever is written

MARKED = st.sampled_from(
    [">", "> ", "<", "< ", ">|", "# ", "", "today: ", "flows: ", "language: ", "---", " "]
) | st.sampled_from([">photo ", ">place ", ">begin ", "today: 2026-05-31", ">place 1 2", "x: "])
LINES = st.builds("{}{}".format, MARKED, st.text(max_size=12))
TEXTS = st.lists(LINES, max_size=12).map("\n".join) | st.text(max_size=60)


@examples(500)
@given(TEXTS)
def test_any_text_is_a_transcript_or_full_of_mistakes(text):
    """Nothing but FlowErrors is raised, and what is written is read as the same again."""
    try:
        told = read(text)
    except FlowErrors:
        return
    once = write(told)
    again = read(once)
    assert write(again) == once
    assert [one.message for one in again.exchanges] == [one.message for one in told.exchanges]
    assert (again.settings, again.ending) == (told.settings, told.ending)


SAID = st.sampled_from(["START", "yes", "no", "1", "2", "BACK", "SKIP", "STOP", "LANGUAGE", "12"])
SAID |= st.text(max_size=10)


@examples(100)
@given(st.lists(SAID, min_size=1, max_size=12))
def test_what_was_recorded_compares_clean(said):
    """Whatever the contact says; recorded again it stays as it is."""
    flow = shipped("household")
    half = write(transcript_of([Said(text) for text in said], DAY))
    whole = recorded(half, flow, "t.txt")
    assert rehearse(flow, {"t.txt": whole}).findings == ()
    assert recorded(whole, flow, "t.txt") == whole
    told = read(whole)
    assert compare(told, play(told, {flow.name: flow}), "t.txt") == []
