"""The log as text and as JSON: ids by their names, and nothing of what libraries and exceptions say."""

import io
import json
import logging
import sys
from typing import Any

import pytest

from bot import logs
from bot.meters import LINES
from tests.bot.conftest import ON_SQLITE, Service
from tests.bot.test_receive_logs import PRIVATE, TALK
from tests.support.providers import TwilioServer

FORMS = {"text": logs.Text(), "json": logs.Lines()}


def record(name: str, said: str, *args: Any, **more: Any) -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, "", 1, said, args, more.get("exc_info"))


def written(form: str, one: logging.LogRecord) -> str:
    return FORMS[form].format(one)


def test_a_line_of_ours_names_its_ids() -> None:
    one = record(
        "bot.outcomes",
        "message %(message)s was not sent: %(reason)s",
        {"message": 12, "reason": "Twilio 30007"},
    )
    told = json.loads(written("json", one))
    assert told.pop("at").endswith("+00:00")
    assert told == {
        "level": "warning",
        "module": "bot.outcomes",
        "event": "message 12 was not sent: Twilio 30007",
        "message": 12,
        "reason": "Twilio 30007",
    }
    assert written("text", one).endswith(
        "WARNING bot.outcomes message 12 was not sent: Twilio 30007"
    )


@pytest.mark.parametrize("form", FORMS)
def test_what_a_library_fills_in_is_left_out(form: str) -> None:
    line = written(form, record("urllib3.pool", "no route to %s, %s", "+14045550123", "Heron"))
    assert "no route to %s" in line
    assert "4045550123" not in line
    assert "Heron" not in line
    named = written(form, record("urllib3.pool", "no route to %(to)s", {"to": "+14045550123"}))
    assert "4045550123" not in named


@pytest.mark.parametrize("form", FORMS)
def test_of_an_exception_only_kind_and_place_are_written(form: str) -> None:
    try:
        raise ValueError("The cupboard is bare\n+14045550123")
    except ValueError:
        line = written(
            form, record("waitress", "Exception while serving %s", "/x", exc_info=sys.exc_info())
        )
    assert "ValueError in test_of_an_exception_only_kind_and_place_are_written, line " in line
    assert "cupboard" not in line
    assert "4045550123" not in line


@pytest.mark.parametrize("form", FORMS)
def test_a_line_is_one_line(form: str) -> None:
    assert "\n" not in written(form, record("bot.app", "one\ntwo"))


@ON_SQLITE
@pytest.mark.parametrize("form", FORMS)
def test_a_conversation_with_troubles_is_logged_in_lines_without_words(
    service: Service, twilio: TwilioServer, form: str
) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(FORMS[form])
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        twilio.answers.append(TwilioServer.refusal(400, 21211))
        service.talk(*TALK)
        service.client.get("/nowhere")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    lines = stream.getvalue().splitlines()
    assert any("was not sent: Twilio 21211" in line for line in lines)
    for private in PRIVATE:
        assert private not in stream.getvalue()
    if form == "json":
        assert all(set(json.loads(line)) >= {"at", "level", "module", "event"} for line in lines)


@pytest.fixture
def put_back() -> Any:
    """The root logger as it was."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.usefixtures("put_back")
@pytest.mark.parametrize("form", FORMS)
def test_the_log_is_written_as_the_settings_say(form: str) -> None:
    root = logging.getLogger()
    root.handlers.clear()
    logs.set_up("ERROR", form)
    writing, counting = root.handlers
    assert type(writing.formatter) is type(FORMS[form])
    assert isinstance(counting, logs.Counting)
    assert root.level == logging.ERROR


@pytest.mark.usefixtures("put_back")
def test_warnings_are_counted_by_module_and_set_up_twice_counts_once() -> None:
    logs.set_up("INFO", "json")
    logs.set_up("INFO", "text")
    ours = LINES.labels("warning", "bot.sender")
    others = LINES.labels("warning", "other")
    before = ours._value.get(), others._value.get()
    logging.getLogger("bot.sender").warning("one")
    logging.getLogger("bot.sender").info("two")
    logging.getLogger("urllib3.+14045550123").warning("three")
    assert (ours._value.get() - before[0], others._value.get() - before[1]) == (1, 1)
