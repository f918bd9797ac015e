"""Codes: how they are typed, who may go on with one, and that a code alone never shows what was told before."""

import re
from dataclasses import replace

import pytest
from any_flows import REPLIES, flows
from hypothesis import given
from hypothesis import strategies as st
from phone import Phone
from small_flows import TODAY, examples, flow_of

from flows import Given, Interview, Outcome, Said, Status, converse, load, parts_of
from flows.talking.codes import code_in, without_codes
from flows.talking.correcting import correct
from flows.talking.engine import begin, hear
from flows.talking.late import join
from flows.talking.standing import Tried

CODE = "7F3K-9QRT"
FLOW = """
  name: {type: text, label: Your name?}
  home: {type: select_one, label: Which home?, choices: {house: House, flat: Flat}}
  floor: {type: integer, label: "Which floor, {name|neighbor}?", relevant: home == flat}
  high: {type: calculate, calculation: floor + 40}
  papers: {type: text, label: Which papers?, sensitive: true}
  story: {type: text, multiline: true, label: "What happened, {name|neighbor}, up {high|there}?"}
"""
KEYWORDS = "{en: [SMALL], es: [BREVE]}"


def phone(*texts: str) -> Phone:
    flow = flow_of(FLOW, keywords=KEYWORDS)
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", "yes", *texts)
    return bot


def other_phone(interview: Interview, *, sure: bool = True, language: str = "en") -> Phone:
    """Another contact's phone, that has just sent the code of an interview."""
    bot = Phone({interview.flow.name: interview.flow}, language=language)
    outcome = bot.send(CODE, tried=Tried(interview, sure=sure), channel="telegram")
    assert outcome.taken
    return bot


def moved(*texts: str) -> Phone:
    return other_phone(phone(*texts).current)


def reply(outcome: Outcome) -> str:
    return outcome.reply.text if outcome.reply else ""


# --- how a code is typed


@pytest.mark.parametrize(
    "text",
    [
        "7F3K-9QRT",
        " 7f3k-9qrt ",
        "7F3K - 9QRT",
        "7F3K\N{EN DASH}9QRT",
        "７Ｆ３Ｋ-９ＱＲＴ",
        "7F3K-9QRT.",
    ],
)
def test_a_code_with_its_dash_is_surely_one(text):
    assert code_in(text) == (CODE, True)


@pytest.mark.parametrize("text", ["7F3K9QRT", "7f3k 9qrt", "7 F 3 K 9 Q R T", "7F3K\n9QRT"])
def test_without_its_dash_it_may_be_something_else(text):
    assert code_in(text) == (CODE, False)


@pytest.mark.parametrize(
    "text",
    [
        *["HARASSED", "REPRESENT", "EVERYDAY", "ABCD-EFGH", "2345-6789", "34567892", "7F3K-9QR"],
        *[
            "7F3K-9QRTT",
            "7F3K-9QR0",
            "7F3K-9QRI",
            "my code is 7F3K-9QRT",
            "",
            "ABCDEFG2",
            "2345678A",
        ],
        *["2026-05-31", "404-555-0100", "7F3K-9QRT" * 30],
    ],
)
def test_words_numbers_and_dates_are_no_codes(text):
    assert code_in(text) is None


def test_who_reads_along_sees_no_code_that_could_be_used():
    link = "https://t.me/a_bot?start=7F3K9QRT"
    assert without_codes(f"Your code: {CODE}. Or {link}") == (
        "Your code: ****-****. Or https://t.me/a_bot?start=****-****"
    )
    assert without_codes("7f3k - 9qrt") == "****-****"
    assert without_codes("/start 7F3K9QRT") == "/start ****-****"
    assert without_codes("At 2345 West they were HARASSED.") == "At 2345 West they were HARASSED."


# --- a code is given


@pytest.mark.parametrize("texts", [(), ("PAUSE",), ("1", "SKIP", "SKIP")])
def test_a_code_is_given_for_what_waits_is_paused_or_complete(texts):
    bot = phone("Ana", *texts)
    outcome = bot.send("CODE", receipt=CODE)
    assert outcome.coded
    assert outcome.interviews[0] == bot.current
    assert f"Your code: {CODE}." in reply(outcome)


@pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED])
def test_for_nothing_and_for_what_was_left_there_is_no_code(status):
    bot = phone("Ana")
    here = replace(bot.current, state=replace(bot.current.state, status=status))
    for current in (None, here):
        standing = replace(bot.standing, current=current)
        outcome = converse(bot.catalog, standing, Said("CODE", receipt=CODE), TODAY)
        assert (outcome.coded, reply(outcome)) == (False, "You have not told us anything yet.")


def test_a_code_given_leaves_the_question_where_it_was():
    bot = phone("Ana")
    before = bot.current
    bot.send("MI CLAVE", receipt=CODE)
    assert bot.current == before


# --- a code is taken


def test_a_right_code_goes_on_with_the_question_that_waits():
    bot = moved("Ana", "Flat")
    assert bot.current.state.asked == "floor"
    assert bot.current.state.status is Status.WAITING
    assert all(answer.veiled for answer in bot.current.answers.values())
    assert bot.hears("3").startswith("Which papers?")


def test_the_greeting_comes_first_in_the_interviews_language():
    told = phone("LANGUAGE", "2", "Ana")
    bot = other_phone(told.current)
    assert bot.language == "es"
    outcome = Phone(bot.catalog).send(CODE, tried=Tried(told.current))
    assert reply(outcome).startswith("Su clave es correcta")


def test_what_was_paused_waits_again():
    assert moved("Ana", "PAUSE").current.state.status is Status.WAITING


def test_a_code_for_what_is_complete_says_so_and_words_are_added():
    told = phone("Ana", "1", "SKIP", "SKIP").current
    assert told.state.status is Status.COMPLETE
    bot = Phone({told.flow.name: told.flow})
    outcome = bot.send(CODE, tried=Tried(told))
    assert outcome.taken
    assert reply(outcome).startswith("Your code is right. You had finished;")
    assert bot.send("And they came back.").heard.value == "unasked"
    assert bot.current.id == told.id


def test_an_own_interview_that_waits_is_put_aside():
    told = phone("Ana").current
    parks = flow_of(FLOW, flow="parks", keywords="{en: [PARKS]}")
    bot = Phone({told.flow.name: told.flow, "parks": parks}, language="en")
    bot.hears("PARKS", "yes")
    own = bot.current
    outcome = bot.send(CODE, tried=Tried(replace(told, id=77)))
    first, aside = outcome.interviews
    assert (first.id, first.state.status) == (77, Status.WAITING)
    assert (aside.id, aside.state.status) == (own.id, Status.PAUSED)


def test_ones_own_code_just_resumes():
    bot = phone("Ana", "PAUSE")
    outcome = bot.send(CODE, tried=Tried(bot.current, own=True))
    assert not outcome.taken
    assert reply(outcome).startswith("Welcome back. You were here.\n\nWhich home?")
    assert not any(answer.veiled for answer in bot.current.answers.values())


def test_a_person_who_has_taken_over_keeps_the_conversation():
    told = replace(phone("Ana").current, held=True)
    bot = Phone({told.flow.name: told.flow})
    outcome = bot.send(CODE, tried=Tried(told))
    assert outcome.taken
    assert reply(outcome).endswith("What was told before is not shown.")


def test_wrong_codes_are_answered_alike_whatever_waits():
    for tried, said in ((Tried(), "We do not know this code"), (Tried(many=True), "That was too")):
        for bot in (phone("Ana"), phone("Ana", "1", "SKIP", "SKIP"), Phone(phone().catalog)):
            before = bot.current
            outcome = bot.send(CODE, tried=tried)
            assert reply(outcome).startswith(said)
            assert bot.current == before
            assert not outcome.taken


def test_what_only_may_be_a_code_answers_the_question_that_waits():
    bot = phone("SKIP", "SKIP", "SKIP")
    bot.send("2345 West", tried=Tried(sure=False))
    assert bot.current.answers["story"].words == "2345 West"


def test_before_the_consent_it_is_taken_for_a_code():
    bot = phone()
    bot.interviews.clear()
    bot.hears("hi")
    assert reply(bot.send("7F3K 9QRX", tried=Tried(sure=False))).startswith("We do not know")
    assert bot.current.state.attempts == 0


def test_after_a_stop_only_a_start_button_takes_a_code():
    told = phone("Ana").current
    bot = Phone({told.flow.name: told.flow})
    bot.send("STOP")
    assert not bot.send(CODE, tried=Tried(told)).taken
    outcome = bot.send("/start 7F3K9QRT", begin=True, flow="7F3K9QRT", tried=Tried(told))
    assert (outcome.taken, outcome.stopped) == (True, False)


def test_a_code_instead_of_the_second_delete_erases_nothing():
    told = phone("Ana").current
    bot = phone()
    bot.hears("DELETE")
    assert bot.send(CODE, tried=Tried(replace(told, id=77))).taken
    assert not bot.send("DELETE").erase


# --- what was told before is not shown


def test_answers_are_listed_as_told_before():
    said = moved("Ana", "Flat", "3").hears("SKIP", "ANSWERS")
    assert said.startswith(
        "1. Your name? (told before, not shown here)\n"
        "2. Which home? (told before, not shown here)\n"
        "3. Which floor, neighbor? (told before, not shown here)\n"
        "4. Which papers? (left out)\n"
    )


def test_a_refusal_is_not_told_from_an_answer():
    assert "left out" not in moved("SKIP").hears("ANSWERS")


def test_a_copy_says_once_that_something_was_told_before():
    assert moved("Ana", "Flat", "3").hears("SKIP", "They came.", "DONE", "COPY") == (
        "What you told us:\n\n(told before, not shown here)\n\nWhich papers?\n(left out)\n\n"
        "What happened, neighbor, up there?\nThey came."
    )


def test_back_does_not_go_behind_the_code():
    bot = moved("Ana", "Flat")
    assert bot.hears("BACK").startswith("This is the first question.")
    assert bot.hears("3", "BACK") == "Which floor, neighbor?"


def test_a_number_asks_anew_and_what_is_told_then_is_shown():
    bot = moved("Ana", "Flat", "3")
    assert bot.hears("ANSWERS", "1").startswith("Your name?")
    bot.hears("Rosa")
    assert not bot.current.answers["name"].veiled
    assert bot.hears("ANSWERS").startswith("1. Your name? Rosa\n2. Which home? (told before")
    assert "Which floor, Rosa?" in bot.hears("3")


def test_what_is_calculated_from_veiled_answers_is_veiled_too():
    bot = moved("Ana", "Flat", "3")
    assert bot.hears("SKIP").startswith("What happened, neighbor, up there?")
    bot.hears("ANSWERS", "3", "5")
    assert not bot.current.answers["high"].veiled
    assert bot.hears("REPEAT").startswith("What happened, neighbor, up 45?")


def test_what_was_told_before_counts_in_conditions():
    assert moved("Ana", "Flat").current.state.asked == "floor"
    assert moved("Ana", "House").current.state.asked == "papers"


def test_a_story_that_goes_on_stays_veiled():
    bot = moved("Ana", "1", "SKIP", "They came at night.")
    bot.hears("They took the door.", "DONE")
    story = bot.current.answers["story"]
    assert (story.given, story.words) == (
        Given.ANSWERED,
        "They came at night.\nThey took the door.",
    )
    assert "night" not in bot.hears("COPY")


def test_a_story_told_anew_is_shown():
    bot = moved("Ana", "1", "SKIP", "They came at night.", "DONE")
    bot.hears("ANSWERS", "4", "They came by day.", "They left.", "DONE")
    assert "They came by day.\nThey left." in bot.hears("COPY")


def test_files_added_to_a_veiled_answer_leave_it_veiled():
    told = moved("Ana", "1", "SKIP", "They came at night.").current
    turn = join(told, "story", "and by day", ("photo",), TODAY)
    assert turn.reply is None
    assert turn.interview.answers["story"].veiled


@pytest.mark.parametrize("slot", ["name", "story"])
def test_an_edit_changes_nothing_that_is_veiled(slot):
    told = moved("Ana", "1", "SKIP", "They came at night.", "DONE").current
    assert correct(told, slot, "They came", "He came", TODAY) is None


REPEAT = """
  visits:
    repeat: Another visit?
    max: 4
    questions:
      who: {type: text, label: Who came?}
      why: {type: text, label: "Why did {who|they} come, visit {visits|more}?"}
  end: {type: text, label: "Anything else on {visits|all} visits?"}
"""


def test_in_a_repeat_only_the_times_before_are_veiled():
    flow = flow_of(REPEAT, keywords=KEYWORDS)
    told = Phone({flow.name: flow}, language="en")
    told.hears("hi", "yes", "Jones", "rent", "yes")
    bot = other_phone(told.current)
    assert bot.hears("Smith") == "Why did Smith come, visit more?"
    assert bot.hears("water", "no") == "Anything else on all visits?"


# --- over any flow, whatever is sent

SECRET = re.compile(r"zq\d+q")
WANDERING = [
    "BACK",
    "SKIP",
    "REPEAT",
    "ANSWERS",
    "COPY",
    "LANGUAGE",
    "PAUSE",
    "SMALL",
    "DONE",
    "1",
    "2",
    "3",
]
PIPE = re.compile(r"(\w+)=<([^>]*)>")
HIDDEN = "hidden"


def with_pipes(source: str, *, multiline: bool) -> str:
    """The same flow, in which every text says what it knows of the questions before: "q0=<hidden>" for nothing."""
    lines, known = [], []
    for line in source.splitlines():
        name = re.match(r" +(\w+): ", line)
        if name and f"label: {name[1]}?" in line:
            said = " ".join(f"{one}=<{{{one}|{HIDDEN}}}>" for one in known)
            line = line.replace(f"label: {name[1]}?", f'label: "{name[1]}? {said}"')
        if name and line.startswith("  ") and line[2] != " " and "{" in line:
            known.append(name[1])
        lines.append(line.replace("hint: T", "multiline: true") if multiline else line)
    return "\n".join(lines).replace("closing: Thanks.", f'closing: "{closing(known)}"')


def closing(known: list[str]) -> str:
    return "Thanks. " + " ".join(f"{one}=<{{{one}|{HIDDEN}}}>" for one in known)


def typed(interview: Interview, data, number: int) -> str:
    """Something to say to the question that waits; words of one's own are told apart by their number."""
    kind = (
        interview.flow.by_id[parts_of(interview.state.asked)[0]].type
        if in_questions(interview)
        else ""
    )
    own = f"zq{number}q told"
    choices = [own] if kind == "text" else [*REPLIES.get(kind, ["yes"]), own]
    return data.draw(st.sampled_from(choices))


def in_questions(interview: Interview) -> bool:
    asked = interview.state.asked
    return asked is not None and parts_of(asked)[0] in interview.flow.by_id


def veiled_names(interview: Interview) -> set[str]:
    """The questions of which nothing may be shown: those told before, and what is calculated from them."""
    told = {parts_of(slot)[0] for slot, answer in interview.answers.items() if answer.veiled}
    found: set[str] = set()
    for question in interview.flow.questions:
        rests_on = (
            question.calculation.uses & found if question.calculation else {question.id} & told
        )
        if rests_on:
            found.add(question.id)
    return found


@examples(150)
@given(flows(), st.booleans(), st.data())
def test_a_code_alone_never_shows_a_word_that_was_told_before(source, multiline, data):
    flow = load(with_pipes(source, multiline=multiline), trusted=True)
    told = hear(begin(flow, "en", TODAY).interview, "yes", TODAY).interview
    for number in range(data.draw(st.integers(0, 12))):
        if told.state.status is not Status.WAITING:
            break
        text = typed(told, data, number)
        told = hear(
            told, data.draw(st.sampled_from([text, text, text, "SKIP", "DONE"])), TODAY
        ).interview
    secrets = {word for answer in told.answers.values() for word in SECRET.findall(answer.words)}
    bot = Phone({flow.name: flow}, language="en")
    before, outcome = None, bot.send(CODE, tried=Tried(replace(told, id=1)), channel="web")
    for number in range(100, 100 + data.draw(st.integers(1, 12))):
        assert_nothing_is_shown(reply(outcome), secrets, (before, bot.current))
        before = bot.current
        own = typed(bot.current, data, number) if before.state.status is Status.WAITING else "more"
        outcome = bot.send(data.draw(st.sampled_from([own, *WANDERING])))


def assert_nothing_is_shown(
    said: str, secrets: set[str], around: tuple[Interview | None, ...]
) -> None:
    assert secrets.isdisjoint(SECRET.findall(said))
    for interview in around:
        for name, shown in PIPE.findall(said):
            if interview is not None and name in veiled_names(interview) & veiled_names(around[-1]):
                assert shown == HIDDEN, name
