"""Publishing shows what it changes, does only what was shown, and changes nothing where anything stands against it."""

import re

import pytest
from office import PASSWORD, Visitor, build_app
from sqlalchemy import select
from town import STREET, Clock, Town
from workshop import BETTER, BROKEN, CLASHING, Organizer

from storage import staff
from storage.db import Database
from storage.library import Library
from storage.models import AuditEvent, FlowVersion, InterviewRow


@pytest.fixture
def hall(database: Database, clock: Clock) -> Town:
    """The town on each kind of database, with its survey published."""
    town = Town(database, Library(), clock)
    with database.writing() as session:
        for role in ("organizer", "owner"):
            staff.add_staff(session, f"{role}@example.org", PASSWORD, staff.Role(role), clock())
    town.publish()
    town.clock.pass_(hours=1)
    return town


def arrive(hall: Town, role: str = "organizer") -> Organizer:
    visitor = Visitor(build_app(hall).test_client())
    assert visitor.log_in(f"{role}@example.org").status_code == 303
    return Organizer(visitor.client, hall.database)


@pytest.fixture
def ann(hall: Town) -> Organizer:
    return arrive(hall)


def audited(hall):
    with hall.database.reading() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        return [
            (row.action, row.subject, row.detail) for row in rows if row.subject == "flow:street"
        ]


def version_of(hall, interview_id):
    with hall.database.reading() as session:
        row = session.get_one(InterviewRow, interview_id)
        return session.get_one(FlowVersion, row.flow_version_id).hash[:8], row.asked


class TestWhatIsShown:
    def test_the_lines_that_differ_stand_side_by_side(self, ann):
        ann.save(BETTER)
        page = ann.get("street/publish")
        assert "<mark>Which</mark>" in page
        assert "<mark>What is your</mark>" in page
        assert "lines without a change" in page

    def test_questions_and_texts_are_counted_by_what_becomes_of_them(self, ann):
        ann.save(BETTER)
        page = " ".join(ann.get("street/publish").split())
        for heading, question in [
            ("New questions", "floor"),
            ("Changed questions", "street"),
            ("Questions taken away", "people"),
        ]:
            part = page.split(f"<dt>{heading}</dt>")[1].split("</dd>")[0]
            assert f"<code>{question}</code>" in part
        assert "<dt>English</dt><dd>2 texts changed</dd>" in page
        assert "<dt>Spanish</dt><dd>1 text changed</dd>" in page

    def test_people_at_a_question_that_changes_are_counted(self, ann, hall):
        hall.write("+1", "STREET", "yes")
        hall.write("+2", "STREET", "yes")
        hall.write("+3", "STREET", "yes", "Oak")
        hall.write("+4", "STREET", "yes", "Oak", "4")
        hall.write("+5", "STREET", "no")
        ann.save(BETTER)
        page = " ".join(ann.get("street/publish").split())
        assert "<strong>4 people are</strong> in the middle of this survey" in page
        assert "<strong>4 people are at a question that this changes:</strong>" in page
        assert "<code>street</code> <span>2 people</span>" in page
        assert "<code>people</code> <span>1 person</span>" in page
        assert "Move 3 people along" in page
        assert "people is answered, and is not the same question any more" in page

    def test_it_says_so_when_nobody_is_under_way(self, ann):
        ann.save(BETTER)
        assert "Nobody is in the middle of this survey." in ann.get("street/publish")

    def test_a_draft_that_says_the_same_offers_no_publishing(self, ann):
        ann.save(STREET)
        page = ann.get("street/publish")
        assert "there is nothing to publish" in page
        assert 'name="shown"' not in page

    def test_without_a_draft_there_is_nothing_to_publish(self, ann):
        assert "There is no draft of this survey." in ann.get("street/publish")


class TestPublishing:
    def test_the_draft_becomes_current_and_is_a_draft_no_more(self, ann, hall):
        ann.save(BETTER)
        answer = ann.publish(although="es")
        assert (answer.status_code, answer.location) == (303, "/admin/flows/street")
        assert [one.flow for one in ann.versions()] == ["street", "street"]
        assert ann.versions()[0].published_by is not None
        assert ann.draft() is None
        hall.write("+1", "STREET", "yes")
        page = ann.get("street")
        assert "by organizer@example.org" in page

    def test_it_is_written_to_the_audit_log(self, ann, hall):
        ann.save(BETTER)
        ann.publish(although="es")
        version = ann.versions()[0].hash
        assert audited(hall)[-1] == (
            "publish",
            "flow:street",
            {"version": version, "incomplete": ["es"]},
        )

    def test_who_is_under_way_stays_on_her_version(self, ann, hall):
        one = hall.write("+1", "STREET", "yes")
        before = version_of(hall, one)
        ann.save(BETTER)
        ann.publish(although="es")
        assert version_of(hall, one) == before

    def test_a_tick_moves_along_whoever_can_be_moved(self, ann, hall):
        moving = hall.write("+1", "STREET", "yes")
        staying = hall.write("+2", "STREET", "yes", "Oak", "4")
        old = version_of(hall, staying)
        ann.save(BETTER)
        ann.publish(although="es", migrate="yes")
        version = ann.versions()[0].hash
        assert version_of(hall, moving)[0] == version[:8]
        assert version_of(hall, staying) == old
        assert audited(hall)[-1] == ("migrate", "flow:street", {"version": version, "moved": 1})
        hall.write("+1", "hello")
        assert version_of(hall, moving)[1] == "street"

    def test_a_first_version_opens_the_survey(self, ann):
        ann.post("new-flow", title="Bus stops")
        ann.save(written(ann.draft("bus-stops").source), 1, "bus-stops")
        page = ann.get("bus-stops/publish")
        assert "It becomes open to people at once" in page
        assert ann.publish("bus-stops").status_code == 303
        assert len(ann.versions("bus-stops")) == 1


def written(template: str) -> str:
    """The template with what stands in brackets replaced, as it asks for."""
    return re.sub(r"\[(Your|Su) [^\]]*\]", "Riders Together", template)


class TestRefusals:
    def test_what_is_still_in_brackets_is_not_published(self, ann):
        ann.post("new-flow", title="Bus stops")
        answer = ann.publish("bus-stops")
        assert answer.status_code == 409
        assert "texts in brackets are still to be written" in answer.text
        assert ann.versions("bus-stops") == []

    def unchanged(self, ann, hall, before):
        assert [one.hash for one in ann.versions()] == before
        assert not {"publish", "roll back", "migrate"} & {action for action, _, _ in audited(hall)}

    @pytest.fixture
    def before(self, ann):
        return [one.hash for one in ann.versions()]

    def test_a_draft_with_a_mistake_is_not_published(self, ann, hall, before):
        ann.save(BROKEN)
        page = ann.get("street/publish")
        assert "One thing is to be mended" in page
        assert "There is no type “intger”." in page
        shown = f"1:{before[0]}"
        assert ann.post("flows/street/publish", shown=shown).status_code == 409
        self.unchanged(ann, hall, before)
        assert ann.draft().source == BROKEN

    def test_a_keyword_of_another_survey_is_not_published(self, ann, hall, before):
        ann.save(CLASHING, flow="avenue")
        page = ann.get("avenue/publish")
        assert "The keyword “street” also starts street." in page
        answer = ann.post("flows/avenue/publish", shown="1:")
        assert answer.status_code == 409
        assert ann.versions("avenue") == []

    def test_a_language_that_is_not_complete_wants_a_tick(self, ann, hall, before):
        hall.write("+1", "STREET", "yes")
        ann.save(BETTER)
        page = ann.get("street/publish")
        assert "Publish although Spanish is not complete" in page
        assert "1 of 12 texts missing. What is missing is sent in English." in page
        answer = ann.publish(migrate="yes")
        assert answer.status_code == 409
        assert "Please tick the languages" in answer.text
        assert 'name="migrate" value="yes" checked' in answer.text
        self.unchanged(ann, hall, before)

    def test_a_draft_that_was_saved_since_is_shown_anew(self, ann, hall, before):
        ann.save(BETTER)
        shown = ann.shown("street/publish")
        ann.save(BETTER + "\n", 1)
        answer = ann.post("flows/street/publish", shown=shown, although="es")
        assert answer.status_code == 409
        assert "Something has changed since this page was opened." in answer.text
        self.unchanged(ann, hall, before)

    def test_a_version_that_was_published_since_is_shown_anew(self, ann, hall):
        ann.save(BETTER)
        shown = ann.shown("street/publish")
        hall.publish(STREET + "\n")
        before = [one.hash for one in ann.versions()]
        assert ann.post("flows/street/publish", shown=shown, although="es").status_code == 409
        self.unchanged(ann, hall, before)

    @pytest.mark.parametrize("shown", ["", "1", ":", "1:x"])
    def test_what_was_never_shown_is_not_done(self, ann, hall, before, shown):
        ann.save(BETTER)
        assert ann.post("flows/street/publish", shown=shown, although="es").status_code == 409
        self.unchanged(ann, hall, before)

    def test_what_is_current_is_not_published_again(self, ann, hall, before):
        ann.save(STREET)
        shown = f"1:{before[0]}"
        assert ann.post("flows/street/publish", shown=shown).status_code == 409
        self.unchanged(ann, hall, before)


class TestGoingBack:
    @pytest.fixture
    def twice(self, ann):
        ann.save(BETTER)
        ann.publish(although="es")
        return ann

    def first(self, ann):
        return ann.versions()[-1]

    def back(self, ann, **form):
        page = f"street/versions/{self.first(ann).id}"
        return ann.post(f"flows/{page}", shown=ann.shown(page), **form)

    def test_the_page_shows_what_comes_back(self, twice):
        page = twice.get(f"street/versions/{self.first(twice).id}")
        assert "Go back to an earlier version" in page
        assert "Which" in page
        assert 'name="although"' not in page

    def test_the_earlier_version_is_current_again(self, twice, hall):
        first = self.first(twice)
        assert self.back(twice).status_code == 303
        assert twice.versions()[0].hash == first.hash
        assert len(twice.versions()) == 2
        assert audited(hall)[-1] == ("roll back", "flow:street", {"version": first.hash})

    def test_a_draft_survives_it(self, twice):
        twice.save(BETTER + "\n")
        self.back(twice)
        assert twice.draft().source == BETTER + "\n"

    def test_people_can_be_moved_back_too(self, twice, hall):
        one = hall.write("+1", "STREET", "yes")
        self.back(twice, migrate="yes")
        assert version_of(hall, one)[0] == twice.versions()[0].hash[:8]

    def test_the_current_version_cannot_be_gone_back_to(self, twice):
        page = twice.get(f"street/versions/{twice.versions()[0].id}")
        assert "This is the current version." in page
        assert 'name="shown"' not in page

    def test_a_word_that_another_survey_uses_by_now_stands_in_its_way(self, twice, hall):
        first = self.first(twice)
        other = BETTER.replace("STREET", "ROAD").replace("CALLE", "CAMINO")
        twice.save(other)
        twice.publish(although="es")
        hall.publish(CLASHING)
        page = twice.get(f"street/versions/{first.id}")
        assert "the keyword “street” also starts avenue" in page
        shown = f"0:{twice.versions()[0].hash}"
        answer = twice.post(f"flows/street/versions/{first.id}", shown=shown)
        assert answer.status_code == 409
        assert twice.versions()[0].hash != first.hash
