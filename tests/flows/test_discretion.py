"""Who may read along: said before the first sensitive question by text message, and behind the closing."""

import pytest
from phone import Phone
from small_flows import TODAY, flow_of

from flows import Flow
from flows.cost import cost

QUESTIONS = """
  name: {type: text, label: Your name?}
  papers: {type: text, label: Which papers?, sensitive: true}
  health: {type: text, label: How is your health?, sensitive: true}
"""
WARNING = (
    "Whoever holds this phone, and the phone company, can read text messages. "
    "You can leave the next question out: send SKIP."
)
THREAD = "If others use your phone, please delete these messages now."
CARE = "{danger: {words: {en: [has a gun], es: [tiene un arma]}, label: Call 911.}}"
LINK = "https://t.me/testimony_bot?start=7F3K-9QRT"


def warning(**changed: str | None) -> Flow:
    head = {"keywords": "{en: [SMALL], es: [BREVE]}", "not_private": "true"}
    return flow_of(QUESTIONS, **{**head, **changed})


FLOW = warning()


class Channel(Phone):
    """A phone whose messages all go by one channel."""

    channel = "sms"

    def send(self, text: str, **said: object):
        return super().send(text, **{"channel": self.channel, **said})


def phone(*texts: str, flow: Flow = FLOW, channel: str = "sms") -> Channel:
    bot = Channel({flow.name: flow}, language="en")
    bot.channel = channel
    bot.hears("SMALL", "yes", *texts)
    return bot


def test_before_the_first_sensitive_question_it_is_said_who_can_read_it():
    assert phone().hears("Ana") == f"{WARNING}\n\nWhich papers?"


def test_it_is_said_once():
    bot = phone("Ana")
    assert bot.hears("REPEAT") == "Which papers?"
    bot.hears("BACK")
    assert bot.hears("Rosa") == "Which papers?"
    assert bot.hears("none") == "How is your health?"


@pytest.mark.parametrize("channel", ["whatsapp", "telegram", "web", ""])
def test_it_is_said_by_text_message_alone(channel):
    assert phone(channel=channel).hears("Ana") == "Which papers?"


def test_who_goes_on_by_text_message_is_warned_then():
    bot = phone("Ana", channel="telegram")
    bot.channel = "sms"
    assert bot.hears("none") == f"{WARNING}\n\nHow is your health?"


def test_a_flow_may_say_it_in_its_own_words():
    flow = warning(not_private="{en: 'Others {{may}} read this.', es: Otros lo leen.}")
    assert phone(flow=flow).hears("Ana") == "Others {may} read this.\n\nWhich papers?"


def test_without_the_key_nothing_is_said():
    for flow in (warning(not_private="false"), flow_of(QUESTIONS, keywords="[SMALL]")):
        assert phone(flow=flow).hears("Ana") == "Which papers?"


def test_the_link_to_telegram_is_named_where_there_is_one():
    outcome = phone().send("Ana", link=LINK)
    told = f"{WARNING}\n\nOr answer it on Telegram instead: {LINK}\n\nWhich papers?"
    assert (outcome.reply.text, outcome.turn.linked) == (told, True)


def test_a_link_that_is_not_needed_is_not_used():
    bot = phone()
    assert not bot.send("REPEAT", link=LINK).turn.linked
    bot.hears("Ana")
    outcome = bot.send("REPEAT", link=LINK)
    assert (outcome.reply.text, outcome.turn.linked) == ("Which papers?", False)


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "telegram"])
def test_at_the_end_it_is_said_to_delete_the_messages(channel):
    assert phone("Ana", "none", channel=channel).hears("well") == f"Thanks.\n\n{THREAD}"


@pytest.mark.parametrize("channel", ["web", ""])
def test_a_page_needs_not_to_be_deleted(channel):
    assert phone("Ana", "none", channel=channel).hears("well") == "Thanks."


def test_that_is_said_once_too():
    bot = phone("Ana", "none", "well", "ANSWERS", "1")
    assert bot.hears("Rosa") == "Thanks."


@pytest.mark.parametrize(
    ("care", "end"), [(CARE, f"Thanks.\n\n{THREAD}"), (None, "Thanks.")], ids=["care", "neither"]
)
def test_what_a_flow_confides_is_sensitive_or_has_to_do_with_danger(care, end):
    plain = "  name: {type: text, label: Your name?}"
    flow = flow_of(plain, keywords="[SMALL]", **({"care": care} if care else {}))
    assert phone(flow=flow).hears("Ana") == end


def test_it_is_counted_among_what_a_flow_costs():
    texts = {one.name: one.text for one in cost(FLOW, TODAY).languages["en"].messages}
    assert texts["papers"].startswith(WARNING)
    assert texts["closing"].endswith(THREAD)
