"""When a person falls silent: one reminder at a time and by day, a story kept as it was told, an end without a word."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some
from phone import Phone
from small_flows import TODAY, examples, flow_of

from flows import Given, Interview, Menu, Outcome, Status
from flows.language.zones import zone_names
from flows.talking.silence import (
    A_DAY,
    CLOSES,
    OPENS,
    SPREAD,
    Seen,
    Silence,
    first_look,
    look,
    opening,
    spread_of,
)

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NEW_YORK, KOLKATA = ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
COASTS = (NEW_YORK, ZoneInfo("America/Los_Angeles"))
NOON = datetime(2026, 5, 31, 16, 0, tzinfo=UTC)  # in New York
FLOW = """
  name: {type: text, label: Your name?}
  story: {type: text, multiline: true, label: What happened?}
  wish: {type: text, label: What do you wish?}
"""
REMINDER = (
    "Hello. You can go on where you left off whenever it suits you: send REPEAT. "
    "For no more messages, send STOP."
)
KEPT = "We have kept what you told us so far. You can still add to it: send ANSWERS."


def phone(*texts: str, questions: str = FLOW, **head: str) -> Phone:
    head = {"keywords": "{en: [SMALL], es: [BREVE]}", "remind": "[2 days, 7 days]"} | head
    flow = flow_of(questions, **head)
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", *texts)
    return bot


def told(*texts: str, **head: str) -> Interview:
    """The interview of somebody who said yes, these texts, and then nothing."""
    current = phone("yes", *texts, **head).current
    assert current is not None
    return current


def silence(after: timedelta, **known: object) -> Silence:
    """The silence of somebody in New York who last wrote at noon."""
    usual = {"now": NOON + after, "since": NOON, "today": TODAY, "zones": (NEW_YORK,)}
    return Silence(**{**usual, **known})  # type: ignore[arg-type]


def seen(interview: Interview, after: timedelta, **known: object) -> Seen:
    return look(interview, silence(after, **known))


class Life:
    """A silent contact, looked at whenever it is due, and never in between."""

    def __init__(self, interview: Interview, since: datetime = NOON, **known: object) -> None:
        self.interview, self.since, self.known = interview, since, known
        self.due_at, self.reminded = first_look(interview, since), 0
        self.said: list[tuple[datetime, str]] = []

    def until(self, end: datetime) -> "Life":
        for _ in range(1000):
            if self.due_at is None or self.due_at > end:
                return self
            self.look(self.due_at)
        raise AssertionError("it is looked at again and again")

    def look(self, now: datetime) -> None:
        usual = {"zones": (NEW_YORK,), "today": TODAY, "reminded": self.reminded}
        known = Silence(**{"now": now, "since": self.since, **usual, **self.known})  # type: ignore[arg-type]
        found = look(self.interview, known)
        assert found.due_at is None or found.due_at > now
        if found.reply is not None:
            self.said.append((now, found.reply.text))
        self.interview, self.due_at, self.reminded = found.interview, found.due_at, found.reminded

    @property
    def after(self) -> list[timedelta]:
        return [at - self.since for at, _ in self.said]


def test_each_reminder_comes_once_and_in_its_time():
    life = Life(told("Ana", "SKIP")).until(NOON + timedelta(days=400))
    assert life.after == [timedelta(days=2), timedelta(days=7)]
    assert {text for _, text in life.said} == {REMINDER}
    assert life.due_at is None


def test_a_reminder_changes_nothing_and_tells_nothing():
    interview = told("Ana", "SKIP")
    found = seen(interview, timedelta(days=2))
    assert found.interview == interview
    assert found.reply is not None
    assert found.reply.choices == ()
    assert "Small" not in found.reply.text


def test_a_reminder_is_in_the_language_of_the_interview():
    interview = told("Ana", "SKIP")
    spanish = replace(interview, state=replace(interview.state, language="es"))
    found = seen(spanish, timedelta(days=2))
    assert found.reply is not None
    assert found.reply.text.startswith("Hola")


def test_who_was_not_reminded_in_time_is_reminded_once_for_all():
    found = seen(told("Ana", "SKIP"), timedelta(days=20))
    assert (found.reply is not None, found.reminded, found.due_at) == (True, 2, None)


def test_after_a_late_reminder_the_next_does_not_follow_at_once():
    found = seen(told("Ana", "SKIP"), timedelta(days=7) - HOUR)
    assert (found.reminded, found.due_at) == (1, NOON + timedelta(days=9.5) - HOUR)


def test_what_is_a_month_too_late_is_left_unsaid():
    found = seen(told("Ana", "SKIP"), timedelta(days=38))
    assert (found.reply, found.due_at) == (None, None)


def test_a_clock_that_jumps_back_reminds_nobody_twice():
    interview = told("Ana", "SKIP")
    ahead = seen(interview, timedelta(days=3))
    behind = seen(interview, timedelta(days=-3), reminded=ahead.reminded)
    assert (behind.reply, behind.due_at) == (None, NOON + timedelta(days=7))


ENDS = {
    "paused by PAUSE": told("Ana", "SKIP", "PAUSE"),
    "complete": told("Ana", "SKIP", "Peace"),
    "declined": phone("no").current,
    "withdrawn": phone("yes", "STOP").current,
    "expired": replace(told("Ana"), state=replace(told("Ana").state, status=Status.EXPIRED)),
    "erased": replace(told("Ana"), state=replace(told("Ana").state, status=Status.ERASED)),
    "held by a person": replace(told("Ana", "They came."), held=True),
    "not agreed yet": phone().current,
    "no language yet": replace(phone().current, state=replace(told().state, menu=Menu.LANGUAGES)),
}


@pytest.mark.parametrize("interview", ENDS.values(), ids=ENDS)
def test_nobody_is_reminded_after_an_end_or_before_a_beginning(interview):
    assert Life(interview).until(NOON + timedelta(days=60)).said == []


@pytest.mark.parametrize("known", [{"hushed": True}, {"called": False}], ids=["stopped", "web"])
def test_nobody_is_reminded_who_may_not_or_cannot_be_called(known):
    assert Life(told("Ana", "SKIP"), **known).until(NOON + timedelta(days=60)).said == []


def test_who_is_held_by_a_person_is_looked_at_again_the_next_day():
    held = replace(told("Ana"), held=True)
    assert seen(held, timedelta(days=2)).due_at == NOON + timedelta(days=3)
    assert first_look(held, NOON) == NOON + A_DAY


def test_without_reminders_and_without_an_end_nobody_looks():
    assert first_look(told("Ana", "SKIP", remind="[]"), NOON) is None


def test_a_story_is_ended_kindly_and_what_comes_next_is_asked():
    found = seen(told("Ana", "They came.", "At night."), 20 * HOUR)  # eight in the morning
    answer = found.interview.answers["story"]
    assert (answer.given, answer.words) == (Given.ANSWERED, "They came.\nAt night.")
    assert found.reply is not None
    assert found.reply.text == f"{KEPT}\n\nWhat do you wish?"
    assert (found.interview.state.asked, found.reminded) == ("wish", 0)
    assert found.turn is not None
    assert found.turn.changed == ("story",)


def test_a_story_ends_after_half_a_day_by_day():
    life = Life(told("Ana", "They came.")).until(NOON + timedelta(days=1))
    assert life.after == [20 * HOUR]  # at midnight it would have been twelve hours


def test_the_last_story_completes_the_interview_with_its_closing():
    last = FLOW.replace("  wish: {type: text, label: What do you wish?}\n", "")
    found = seen(told("Ana", "They came.", questions=last), 20 * HOUR)
    assert found.interview.state.status is Status.COMPLETE
    assert found.reply is not None
    assert found.reply.text == f"{KEPT}\n\nThanks."
    assert found.due_at is None


def test_a_story_that_was_not_begun_is_not_ended():
    assert first_look(told("Ana"), NOON) == NOON + timedelta(days=2)


def test_a_story_that_ends_in_a_menu_of_answers_ends_the_menu():
    found = seen(told("Ana", "They came.", "ANSWERS"), 20 * HOUR)
    assert found.interview.state.menu is Menu.NONE
    assert found.interview.state.asked == "wish"


def test_a_story_that_its_constraint_refuses_is_kept_as_written():
    bound = FLOW.replace("What happened?", "What happened?, constraint: \"story == 'all'\"")
    found = seen(told("Ana", "They came.", questions=bound), 20 * HOUR)
    answer = found.interview.answers["story"]
    assert (answer.given, answer.words) == (Given.KEPT, "They came.")
    assert found.interview.state.asked == "wish"


def test_a_story_in_a_repeat_leads_to_the_question_for_another_time():
    repeated = """
  times:
    repeat: Another time?
    questions:
      what: {type: text, multiline: true, label: What happened?}
"""
    found = seen(told("They came.", questions=repeated), 20 * HOUR)
    assert found.interview.answers["what/1"].given is Given.ANSWERED
    assert found.reply is not None
    assert "Another time?" in found.reply.text


def test_a_story_and_a_reminder_are_never_said_at_once():
    late = seen(told("Ana", "They came."), timedelta(days=3))
    assert late.reply is not None
    assert late.reply.text.startswith(KEPT)
    assert (late.reminded, late.due_at) == (0, NOON + timedelta(days=4))


def test_a_story_is_left_open_for_who_wants_no_messages():
    found = seen(told("Ana", "They came."), 20 * HOUR, hushed=True)
    assert found.interview.answers["story"].given is Given.OPEN


def test_an_interview_expires_in_silence():
    found = seen(told("Ana", expires="3 days"), timedelta(days=3), reminded=1)
    assert (found.interview.state.status, found.reply) == (Status.EXPIRED, None)
    assert found.due_at is None


def test_an_interview_expires_at_night_too():
    found = seen(told("Ana", expires="36 hours"), 36 * HOUR)
    assert found.interview.state.status is Status.EXPIRED


def test_one_that_was_put_aside_expires_too():
    aside = told("Ana", "PAUSE", expires="30 days")
    assert first_look(aside, NOON) == NOON + timedelta(days=30)
    assert seen(aside, timedelta(days=30)).interview.state.status is Status.EXPIRED


def test_after_its_end_there_is_no_reminder():
    found = seen(told("Ana", "SKIP", expires="3 days"), timedelta(days=9))
    assert (found.interview.state.status, found.reply) == (Status.EXPIRED, None)


def test_the_end_does_not_wait_for_the_morning():
    """At midnight there is a reminder to send; before eight there is nobody left to send it to."""
    found = seen(told("Ana", "SKIP", remind="[12 hours]", expires="16 hours"), 12 * HOUR)
    assert (found.reply, found.due_at) == (None, NOON + 16 * HOUR)


NIGHTS = {
    "at night": (datetime(2026, 6, 2, 3, 0, tzinfo=UTC), datetime(2026, 6, 2, 12, 0, tzinfo=UTC)),
    "in the evening": (
        datetime(2026, 6, 2, 1, 0, tzinfo=UTC),
        datetime(2026, 6, 2, 12, tzinfo=UTC),
    ),
    "clocks go forward": (
        datetime(2026, 3, 8, 5, 0, tzinfo=UTC),
        datetime(2026, 3, 8, 12, tzinfo=UTC),
    ),
    "the day before": (
        datetime(2026, 3, 7, 5, 0, tzinfo=UTC),
        datetime(2026, 3, 7, 13, tzinfo=UTC),
    ),
    "clocks go back": (
        datetime(2026, 11, 1, 4, 0, tzinfo=UTC),
        datetime(2026, 11, 1, 13, tzinfo=UTC),
    ),
    "in the hour there is twice": (
        datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 13, tzinfo=UTC),
    ),
}


@pytest.mark.parametrize(("moment", "opens"), NIGHTS.values(), ids=NIGHTS)
def test_what_is_due_at_night_waits_for_eight_o_clock(moment, opens):
    assert opening(moment, [NEW_YORK]) == opens
    assert opens.astimezone(NEW_YORK).time() == time(8)


def test_eight_o_clock_is_a_place_s_own_where_it_is_half_an_hour_off():
    assert opening(datetime(2026, 6, 1, 2, 0, tzinfo=UTC), [KOLKATA]) == datetime(
        2026, 6, 1, 2, 30, tzinfo=UTC
    )
    assert opening(datetime(2026, 6, 1, 15, 29, tzinfo=UTC), [KOLKATA]) == datetime(
        2026, 6, 1, 15, 29, tzinfo=UTC
    )


def test_by_day_nothing_waits():
    assert opening(NOON, [NEW_YORK]) == NOON
    assert opening(NOON.replace(hour=12), [NEW_YORK]) == NOON.replace(hour=12)  # eight sharp
    assert opening(NOON.replace(hour=23), [NEW_YORK]) == NOON.replace(hour=23)
    assert opening(NOON + 9 * HOUR, [NEW_YORK]) == NOON + 20 * HOUR  # nine in the evening


def test_where_the_zone_is_unknown_it_must_be_day_on_both_coasts():
    eight = NOON.replace(hour=12)  # in New York; five in Los Angeles
    assert opening(eight, COASTS) == NOON.replace(hour=15)


def test_zones_that_share_no_hour_are_never_awake():
    world = (*COASTS, ZoneInfo("Europe/Paris"), ZoneInfo("Australia/Perth"))
    assert opening(NOON, world) is None
    life = Life(told("Ana", "SKIP"), zones=world)
    assert life.until(NOON + timedelta(days=60)).said == []


def test_not_everybody_is_called_at_eight_sharp():
    spread = [spread_of(number) for number in range(1, 15)]
    assert len(set(spread)) == 14
    night = NOON + 12 * HOUR
    opens = [opening(night, [NEW_YORK], one) for one in spread]
    assert all(NOON + 20 * HOUR <= at < NOON + 20 * HOUR + 15 * MINUTE for at in opens if at)


ZONES = some.sampled_from([ZoneInfo(name) for name in zone_names()])
MOMENTS = some.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis puts the zone to it
    max_value=datetime(2037, 12, 1),  # noqa: DTZ001 - the same
    timezones=some.just(UTC),
)
SPREADS = some.integers(0, SPREAD - 1).map(lambda seconds: timedelta(seconds=seconds))


def is_day(at: datetime, zone: ZoneInfo) -> bool:
    return OPENS <= at.astimezone(zone).time() < CLOSES


@examples(300)
@given(moment=MOMENTS, zones=some.lists(ZONES, min_size=1, max_size=3), spread=SPREADS)
def test_nobody_is_ever_woken(moment, zones, spread):
    opens = opening(moment, zones, spread)
    if opens is None:
        assert len(zones) > 1
        return
    assert all(is_day(opens, zone) for zone in zones)
    assert opens >= moment
    assert opens == moment or not all(is_day(moment, zone) for zone in zones)


@examples(200)
@given(moment=MOMENTS, zone=ZONES, spread=SPREADS)
def test_nobody_waits_longer_than_a_night(moment, zone, spread):
    opens = opening(moment, [zone], spread)
    assert opens is not None
    assert opens - moment < timedelta(hours=13)


STATES = {
    "a question": told("Ana", "SKIP"),
    "a story": told("Ana", "They came."),
    "a story of a short life": told("Ana", "They came.", expires="5 days"),
    "many reminders": told("Ana", "They came.", remind="[1 hour, 3 hours, 1 day, 2 days, 30 days]"),
    "the same reminder twice": told("Ana", "SKIP", remind="[2 days, 2 days, 1 day]"),
}


@examples(150)
@given(
    name=some.sampled_from(sorted(STATES)),
    since=MOMENTS,
    zone=ZONES,
    spread=SPREADS,
    naps=some.lists(some.integers(0, 60 * 24 * 20), max_size=6),
)
def test_whatever_the_clock_and_the_outages_nobody_gets_more_than_was_declared(
    name, since, zone, spread, naps
):
    """The service sleeps for so many minutes before a look; then for a month it is always there."""
    interview = STATES[name]
    life = Life(interview, since, zones=(zone,), spread=spread)
    for nap in naps:
        if life.due_at is not None:
            life.look(life.due_at + nap * MINUTE)
    life.until(since + timedelta(days=200))
    reminders = [at for at, text in life.said if text == REMINDER]
    assert (
        len(reminders)
        <= len({*interview.flow.remind})
        == len({*interview.flow.remind} & {*interview.flow.remind})
    )
    assert sum(text.startswith(KEPT) for _, text in life.said) <= 1
    assert all(is_day(at, zone) for at, _ in life.said)
    gaps = [later - at for (at, _), (later, _) in zip(life.said, life.said[1:], strict=False)]
    assert all(gap >= HOUR / 2 for gap in gaps)
    if interview.flow.expires:
        assert life.interview.state.status is Status.EXPIRED
        assert all(at < since + interview.flow.expires for at, _ in life.said)


@examples(60)
@given(
    since=MOMENTS,
    zone=ZONES,
    words=some.lists(
        some.tuples(some.integers(1, 60 * 24 * 9), some.sampled_from(["hm", "HELP", "DONE"])),
        max_size=8,
    ),
)
def test_a_month_of_a_person_who_writes_now_and_then(since, zone, words):
    """Each time they write the reminders begin anew, and what they told stays told."""
    bot, now, said = phone("yes", "Ana", "They came.", expires="10 days"), since, 0
    for minutes, text in words:
        life = Life(bot.current, now, zones=(zone,)).until(now + minutes * MINUTE)
        assert len([1 for _, one in life.said if one == REMINDER]) <= 2
        assert "They came." in life.interview.answers["story"].words
        bot.keep(Outcome(interviews=(life.interview,)))
        now, said = now + minutes * MINUTE, said + len(life.said)
        bot.hears(text)
        if bot.current.state.status is not Status.WAITING:
            break
    assert said <= 3 * len(words)
