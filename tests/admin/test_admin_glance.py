"""The overview: what it counts and over which days, what it says of failures; and what a viewer gets instead."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert, text
from town import STREET, Clock, Town

from admin.glance import counts, drawing
from admin.glance.asking import Asked
from admin.glance.reasons import OTHERS, TWILIO, Told
from bot.channels import sms
from bot.looking_up import UNTOLD
from bot.outcomes import TOO_LATE
from flows import Status
from storage import messages, outgoing
from storage.backups import settling
from storage.broadcasts import feeding
from storage.broadcasts.handing import UNKNOWN
from storage.failures import NotArrived
from storage.glance import Tally
from storage.models import InterviewRow
from storage.testimonies import Filter

SCHOOL = STREET.replace("flow: street", "flow: school").replace("STREET", "SCHOOL")
SCHOOL = SCHOOL.replace("CALLE", "ESCUELA").replace("Life in our street", "Our schools")
OVERVIEW = "/admin/glance"


@pytest.fixture
def street(town: Town) -> Town:
    """Four residents within a week, one long ago: waiting, complete (es), declined, withdrawn; two surveys."""
    town.publish()
    town.publish(SCHOOL)
    now = town.clock.at
    for days, who, channel, texts in [
        (200, "+1403", "sms", ["SCHOOL", "no"]),
        (5, "+1404", "sms", ["STREET", "yes", "Oak Street"]),
        (3, "tg5", "telegram", ["CALLE", "1", "Calle Roble", "4", "1", "si"]),
        (3, "+1406", "sms", ["STREET", "no"]),
        (0, "web7", "web", ["SCHOOL", "yes", "STOP"]),
    ]:
        town.clock.at = now - timedelta(days=days)
        town.write(who, *texts, channel=channel)
    town.clock.at = now
    return town


def tiles(client: FlaskClient, query: str = "") -> dict[str, str]:
    """The numbers at the top, by name."""
    response = client.get(f"{OVERVIEW}?{query}")
    assert response.status_code == 200
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", response.text))


def table(client: FlaskClient, name: str, query: str = "span=all") -> dict[str, list[str]]:
    """The rows of the table behind a chart."""
    page = client.get(f"{OVERVIEW}?{query}").text
    body = page.split(f'id="behind-{name}"')[1].split("<tbody>")[1].split("</tbody>")[0]
    rows = (re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in body.split("<tr>")[1:])
    return {row[0].strip("\u2068\u2069"): row[1:] for row in rows}


class TestWhatIsCounted:
    def test_the_usual_span_is_thirty_days(self, street, client):
        found = tiles(client)
        assert (found["Started"], found["Waiting"], found["Complete"]) == ("4", "1", "1")
        assert (found["Declined"], found["Withdrawn"], found["Paused"]) == ("1", "1", "0")

    @pytest.mark.parametrize(
        ("query", "begun"),
        [
            ("span=all", "5"),
            ("span=7", "4"),
            ("span=7&flow=school", "1"),
            ("flow=school&span=all", "2"),
            ("since=2026-11-18", "3"),
            ("until=2026-11-17", "2"),
            ("since=2026-11-18&until=2026-11-18", "2"),
            ("since=2026-11-18&span=all", "3"),
            ("span=8", "4"),
            ("flow=nothing", "4"),
            ("since=x&flow=%00", "4"),
            ("since=9999-12-31", "4"),
        ],
    )
    def test_a_survey_and_a_span_narrow_it(self, street, client, query, begun):
        assert tiles(client, query)["Started"] == begun

    @pytest.mark.parametrize("query", ["since=2020-01-01&until=2020-01-02", "since=0001-01-01"])
    def test_any_days_make_a_page(self, street, client, query):
        assert client.get(f"{OVERVIEW}?{query}").status_code == 200

    def test_what_is_not_understood_is_said(self, street, client):
        page = client.get(f"{OVERVIEW}?since=yesterday&flow=nothing").text
        assert "Not understood and left out: Survey, From." in page

    def test_each_kind_has_its_table_with_all_the_ways_they_stand(self, street, client):
        assert table(client, "channel") == {
            "SMS": ["3", "1", "0", "0", "2", "0", "0"],
            "Telegram": ["1", "0", "0", "1", "0", "0", "0"],
            "Web": ["1", "0", "0", "0", "0", "1", "0"],
        }
        assert set(table(client, "language")) == {"English", "Spanish"}
        assert table(client, "flow")["Our schools"][0] == "2"
        assert table(client, "source") == {"Not recorded": ["5", "1", "0", "1", "2", "1", "0"]}
        assert "By survey" not in client.get(f"{OVERVIEW}?flow=street").text

    def test_sources_have_names_of_people(self, street, client):
        with street.database.writing() as session:
            named = ["keyword", "poster", "meeting:OAK", "something new", "web"]
            for number, source in enumerate(named, 1):
                session.execute(
                    text("UPDATE interviews SET source = :s WHERE id = :i"),
                    {"s": source, "i": number},
                )
        found = {
            name.replace("\u2068", "").replace("\u2069", "") for name in table(client, "source")
        }
        assert found == {
            "Keyword sent",
            "Poster scanned",
            "Meeting OAK",
            "something new",
            "Web page",
        }

    def test_days_are_columns_with_a_sentence_and_a_table(self, street, client):
        page = client.get(f"{OVERVIEW}?span=7").text
        said = "4 testimonies began from 15 Nov 2026 to 21 Nov 2026, 1 of them complete."
        assert page.count(said) == 2  # for the eye, and for who hears the picture described
        assert "Most began on: Wed 18 Nov 2026, with 2." in page
        days = table(client, "days", "span=7")
        assert next(iter(days)) == "Sat 21 Nov 2026"
        assert (len(days), days["Wed 18 Nov 2026"][0]) == (7, "2")

    def test_it_takes_as_long_as_the_middle_one_did(self, town, client):
        town.publish()
        town.write("+1404", "STREET", "yes", "Oak Street", "4")
        town.clock.pass_(hours=3, minutes=20)
        town.write("+1404", "1", "yes")
        assert tiles(client)["Usual time to complete"] == "3 hr 20 min"

    def test_an_empty_house_says_so(self, town, client):
        page = client.get(OVERVIEW).text
        assert "Nobody began in this time" in page
        assert "All that was sent in this time arrived" in page


class TestWherePeopleLeave:
    def test_a_survey_shows_its_questions(self, street, client):
        rows = table(client, "leaving", "flow=street&span=all")
        assert rows["Consent to take part"] == ["3", "2", "1", "0", "0"]
        assert rows["How many of you live there?"] == ["2", "1", "0", "1", "0"]

    def test_the_question_where_most_left_is_named(self, street, client):
        page = client.get(f"{OVERVIEW}?flow=school&span=7").text
        assert "most have left, 1 person of 1, is: \u2068Which street do you live in?\u2069" in page

    def test_of_several_surveys_one_is_to_be_chosen(self, street, client):
        page = client.get(f"{OVERVIEW}?span=7").text
        assert 'href="/admin/glance?span=7&amp;flow=school"' in page


class TestWhatNeedsSomebody:
    def test_whoever_needs_a_person_is_named_and_linked(self, street, client):
        with street.database.writing() as session:
            messages.call_attention(session, street.ids[-1], "wrote to a person")
        page = client.get(OVERVIEW).text
        assert "1 testimony needs a person" in page
        assert street.pseudonym("web7", "web") in page
        assert 'href="/admin/testimonies/5"' in page
        assert "It was written to the person who had taken the talk over" in page
        assert "needs a person" not in client.get(f"{OVERVIEW}?flow=street").text

    def test_what_did_not_arrive_is_told_in_plain_words(self, street, client):
        with street.database.writing() as session:
            for _ in range(3):
                number = outgoing.write(session, 2, "sms", "hello", street.clock(), interview_id=2)
                outgoing.advance(session, number, messages.UNDELIVERED, error="Twilio 30003")
        page = client.get(OVERVIEW).text
        assert "The phone was off or out of reach." in page
        assert "Twilio 30003" in page
        assert "<td>3</td>" in page

    def told(self, error: str | None) -> str:
        return Told(NotArrived("sms", error, 1, datetime(2026, 11, 21, tzinfo=UTC))).words

    @pytest.mark.parametrize("error", [None, "Twilio 99999", "<b>", "Twilio"])
    def test_what_we_do_not_know_is_not_made_up(self, app, error):
        with app.test_request_context():
            assert self.told(error) == "No reason that we know was given."

    @pytest.mark.parametrize("begins", [begins for begins, _ in OTHERS])
    def test_what_we_note_ourselves_has_its_words(self, app, begins):
        with app.test_request_context():
            assert self.told(f"{begins}…") != "No reason that we know was given."

    def test_every_code_that_the_channel_acts_on_has_its_words(self):
        acted_on = sms.OUT_OF_REACH | sms.DOUBTFUL | sms.MISCONFIGURED | sms.FULL
        assert acted_on | {sms.UNSUBSCRIBED} <= set(TWILIO)

    @pytest.mark.parametrize("error", [UNKNOWN, UNTOLD, TOO_LATE, feeding.ANEW, settling.NOT_SENT])
    def test_what_we_write_down_ourselves_has_its_words(self, app, error):
        with app.test_request_context():
            assert self.told(error) != "No reason that we know was given."


class TestDrawing:
    asked = Asked(Filter(), "all", datetime(2026, 11, 21, tzinfo=UTC).date(), {}, {}, ())

    @pytest.mark.parametrize(
        ("back", "title", "columns"),
        [(0, "By day", 1), (91, "By day", 92), (92, "By week", 14), (1000, "By month", 34)],
    )
    def test_a_long_time_is_drawn_in_weeks_and_months(self, app, back, title, columns):
        first = self.asked.today - timedelta(days=back)
        with app.test_request_context():
            found = drawing.days({first: Tally({Status.WAITING: 1})}, self.asked)
            assert found is not None
            assert (found.title, len(found.rows)) == (title, columns)

    def test_a_column_and_a_bar_are_as_long_as_their_count(self, app):
        tally = Tally({Status.COMPLETE: 2, Status.PAUSED: 1, Status.EXPIRED: 1})
        with app.test_request_context():
            days = drawing.days({self.asked.today: tally}, self.asked)
            (kind,) = drawing.kinds(
                {"channel": {"sms": tally}, "language": {}, "flow": {}, "source": {}}, self.asked
            )
        assert days is not None
        assert [one.height for one in days.rows[0].parts] == [50, 25, 25]
        assert [(one.x, one.width) for one in kind.rows[0].parts] == [
            (0, 500),
            (500, 250),
            (750, 250),
        ]

    @pytest.mark.parametrize(
        ("seconds", "told"),
        [(0, "under a minute"), (60, "1 min"), (3600, "1 hr"), (90_000, "1 day 1 hr")],
    )
    def test_times_are_said_in_two_units(self, app, seconds, told):
        with app.test_request_context():
            assert counts.lasting(timedelta(seconds=seconds)) == told
            assert counts.lasting(None) == ""


@contextmanager
def statements(town: Town) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(town.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(town.database.engine, "before_cursor_execute", note)


def test_it_costs_as_many_statements_for_a_thousand_as_for_ten(town, client):
    town.publish()
    town.write("+1404", "STREET", "yes")
    prices = []
    row = {"contact_id": 1, "flow_version_id": 1, "flow": "street", "channel": "sms", "menu": ""}
    row |= {"language": "en", "status": "waiting", "asked": "street", "attempts": 0, "reminded": 0}
    for number in (10, 1000):
        with town.database.writing() as session:
            at = {"started_at": town.clock(), "moved_at": town.clock()}
            session.execute(insert(InterviewRow), [{**row, **at} for _ in range(number)])
        client.get(OVERVIEW)  # the flows are loaded once
        with statements(town) as seen:
            client.get(OVERVIEW)
        prices.append(len(seen))
    assert prices[0] == prices[1] < 20


class TestNews:
    def test_it_is_the_same_page_without_what_stands_around(self, street, client):
        page, news = client.get(f"{OVERVIEW}?span=7").text, client.get(f"{OVERVIEW}/news?span=7")
        assert news.text.strip() in page
        assert "<html" not in news.text

    def test_the_page_says_where_its_news_are(self, street, client):
        page = client.get(f"{OVERVIEW}?flow=school&since=2026-11-18").text
        assert 'data-news="/admin/glance/news?flow=school&amp;since=2026-11-18"' in page

    def test_an_open_page_keeps_nobody_logged_in(self, street, client, clock: Clock):
        for _ in range(100):
            clock.pass_(minutes=5)
            answer = client.get(f"{OVERVIEW}/news")
        assert answer.status_code == 302


class TestAViewer:
    @pytest.fixture
    def viewer(self, client_of, town: Town):
        town.publish()
        town.publish(SCHOOL)
        for number in range(9):
            town.write(f"+1405{number}", "STREET", "no")
        town.write("+14060", "STREET", "yes")
        town.write("+14070", "SCHOOL", "yes", channel="telegram")
        return client_of("viewer")

    def test_there_is_one_table_whatever_is_asked_for(self, viewer):
        """Two cuts of the same people, or two spans, would tell what each of them leaves out."""
        queries = [
            "",
            "?flow=school",
            "?span=7",
            "?since=2026-11-21&until=2026-11-21",
            "?language=es",
        ]
        pages = {viewer.get(f"{OVERVIEW}{query}").text for query in queries}
        pages.add(viewer.get("/admin/").text)
        assert len({page.split("<main")[1] for page in pages}) == 1

    def test_small_counts_and_their_company_are_left_out(self, viewer):
        page = viewer.get(OVERVIEW).text
        row = page.split("Our schools")[1].split("</tr>")[0]
        assert "<td>1</td>" not in page
        assert row.count("not shown") >= 2
        assert "Telegram" not in page

    def test_a_survey_that_nobody_answered_looks_like_one_that_few_did(self, viewer, town: Town):
        town.publish(SCHOOL.replace("school", "college"))
        page = viewer.get(OVERVIEW).text
        rows = [page.split(name)[1].split("</tr>")[0] for name in ("Our schools", "Our colleges")]
        assert len(set(rows)) == 1
        assert "<td>0</td>" not in page

    def test_it_has_no_bar_for_what_is_not_shown(self, viewer):
        page = viewer.get(OVERVIEW).text
        chart = page.split('class="bars"')[1].split("</ul>")[0]
        for line in chart.split("<li>")[1:]:
            assert ("not shown" in line) <= ("<rect" not in line)

    def test_nothing_renews_itself_and_nothing_can_be_chosen(self, viewer):
        page = viewer.get(OVERVIEW).text
        assert "glance.js" not in page
        assert "<select" not in page
        assert viewer.get(f"{OVERVIEW}/news").status_code == 403

    def test_the_bar_leads_to_what_is_counted_and_nowhere_else(self, viewer):
        bar = viewer.get("/admin/").text.split("<nav")[1].split("</nav>")[0]
        assert re.findall(r">([A-Z]\w+)</a>", bar) == ["Overview", "Themes", "Meetings"]
        assert "aria-current" in bar
