"""Dates as people write them, in their own language; what is inferred is said back in words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_answers import read, value
from small_flows import TODAY, examples

from flows.language.piping import date_in_words

ISO = [
    ("2026-05-03", "2026-05-03"),
    (" 2026-05-03 ", "2026-05-03"),
    ("٢٠٢٦-٠٥-٠٣", "2026-05-03"),
    ("２０２６-０５-０３", "2026-05-03"),
    ("2027-01-01", "2027-01-01"),
    ("1950-12-31", "1950-12-31"),
]


@pytest.mark.parametrize(("typed", "day"), ISO)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_date_by_numbers_from_the_year_on_is_read(language, typed, day):
    """Nothing is inferred, so nothing is said back."""
    reading = read("date", typed, language)
    assert (reading.value, reading.repeat) == (date.fromisoformat(day), False)


WORDS = [
    ("en", "May 3, 2026", "2026-05-03"), ("en", "3 May 2026", "2026-05-03"), ("en", "may 3rd 2026", "2026-05-03"),
    ("en", "5/3/2026", "2026-05-03"), ("en", "12/31/2025", "2025-12-31"), ("en", "Dec 31, 2025", "2025-12-31"),
    ("en", "today", "2026-05-31"), ("en", "Yesterday", "2026-05-30"), ("en", "2 days ago", "2026-05-29"),
    ("en", "a week ago", "2026-05-24"), ("en", "3 months ago", "2026-02-28"),
    ("es", "3 de mayo de 2026", "2026-05-03"), ("es", "3 de Mayo del 2026", "2026-05-03"),
    ("es", "5/3/2026", "2026-03-05"),
    ("es", "3 mayo 2026", "2026-05-03"), ("es", "hoy", "2026-05-31"), ("es", "ayer", "2026-05-30"),
    ("es", "hace 2 días", "2026-05-29"), ("es", "hace una semana", "2026-05-24"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "typed", "day"), WORDS)
def test_a_date_in_words_is_read_and_said_back(language, typed, day):
    """In the language of the conversation, and counted from the day the message came in."""
    reading = read("date", typed, language)
    assert (reading.value, reading.repeat) == (date.fromisoformat(day), True)


NONE = [
    *(("en", text) for text in ["", "?", "\0", "2", "10", "31", "2026", "may", "mar", "May 2026", "May 3", "monday"]),
    *(("en", text) for text in ["2026-02-30", "May 40, 2026", "12:30", "never", "long ago", "x" * 10_000, "🙂"]),
    *(("es", text) for text in ["mayo", "2", "nunca", "enero 2026", "yesterday", "hace mucho", "32 de mayo de 2026"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "typed"), NONE)
def test_what_is_no_whole_date_is_never_guessed(language, typed):
    """A number is no day, and a month or a year alone is none."""
    assert read("date", typed, language) is None


def test_a_language_without_words_for_dates_reads_english():
    assert value("date", "May 3, 2026", "ht") == date(2026, 5, 3)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "May 3, 2026"),
        ("es", "3 de mayo de 2026"),
        ("fr", "3 mai 2026"),
        ("xx", "2026-05-03"),
    ],
)
def test_a_date_is_shown_without_doubt_about_day_and_month(language, words):
    assert date_in_words(date(2026, 5, 3), language) == words


@examples(60)
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(["en", "es"]))
def test_a_date_that_the_bot_shows_is_one_that_it_reads(day, language):
    assert value("date", date_in_words(day, language), language) == day
    assert value("date", day.isoformat(), language) == day


HUGE = [
    "9999999999 days ago",
    "in 99999 years",
    "99999 years ago",
    "hace 999999 meses",
    "in 9999999999999 weeks",
]


@pytest.mark.parametrize("typed", HUGE)
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_date_is_too_far_away_to_be_refused(language, typed):
    reading = read("date", typed, language)
    assert reading is None or isinstance(reading.value, date)


@examples(80)
@given(
    st.text(max_size=70) | st.text(alphabet="0123456789 -/.:agomyedasin", max_size=20),
    st.sampled_from(["en", "es"]),
)
def test_any_text_is_a_date_or_none(text, language):
    found = value("date", text, language)
    assert found is None or type(found) is date


def test_a_date_depends_on_nothing_but_the_day_it_is_said():
    assert value("date", "yesterday") == date.fromordinal(TODAY.toordinal() - 1)
