"""The messages of a flow counted: each as it is sent, the way a contact in the middle takes, and the longest way."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from flows.cost.figures import Cost, LanguageCost, Letter, Message, Saving, Way
from flows.cost.people import Contact, Voice
from flows.cost.playing import CLOSING, DECLINED, Play, Sent, declined, unconditional
from flows.cost.spelling import near, smart
from flows.language.model import CONSENT, Flow, Question
from flows.language.parts import choices_path
from flows.sms import odd_letters, segments

CONTACTS = 15  # made up to find the one in the middle
WORD = re.compile(r"\S+")
EDGES = ".,;:!?¿¡()\"'“”«»…"


def cost(flow: Flow, today: date) -> Cost:
    """What ``flow`` costs in each of its languages, in messages and segments.

    The likely way is that of the contact in the middle of 15 made-up ones, whose answers are spread evenly over the
    choices; conditions decide as they always do. The longest is played as if every condition held, each repeat went
    to its max, and long labels were chosen. Both begin with a keyword of the flow in that language.
    """
    middle = _middle(flow, today)
    return Cost(
        flow.name, {code: _in_language(flow, code, today, middle) for code in flow.languages}
    )


def _middle(flow: Flow, today: date) -> Contact:
    """The contact that as many others go a longer way than as go a shorter one; the same in all languages."""
    voice = Voice(flow, flow.source_language, today)
    contacts = [Contact(number) for number in range(1, CONTACTS + 1)]

    def length(contact: Contact) -> tuple[int, int, int]:
        way = _way(Play(voice, contact).through())
        return way.sent_messages, way.sent_segments, contact.number

    return sorted(contacts, key=length)[CONTACTS // 2]


def _in_language(flow: Flow, language: str, today: date, middle: Contact) -> LanguageCost:
    likely = Play(Voice(flow, language, today), middle).through()
    longest = Play(Voice(unconditional(flow), language, today), Contact(0)).through()
    sent = _once_each([*longest.sent, declined(flow, language, today)])
    times = Counter((one.name, one.more) for one in longest.sent)
    messages = [
        _message(Voice(flow, language, today), one, times[(one.name, one.more)]) for one in sent
    ]
    return LanguageCost(_way(likely), _way(longest), tuple(messages))


def _way(play: Play) -> Way:
    return Way(
        sent_messages=len(play.sent),
        sent_segments=sum(segments(one.text)[1] for one in play.sent),
        sent_smart=sum(segments(smart(one.text))[1] for one in play.sent),
        received_messages=len(play.heard),
        received_segments=sum(segments(text)[1] for text in play.heard),
    )


def _once_each(sent: Sequence[Sent]) -> list[Sent]:
    """Each message once, where it came first, as it was when it was longest."""
    found: dict[tuple[str, bool], Sent] = {}
    for one in sent:
        known = found.setdefault((one.name, one.more), one)
        if segments(one.text)[1] > segments(known.text)[1]:
            found[(one.name, one.more)] = one
    return list(found.values())


def _message(voice: Voice, sent: Sent, times: int) -> Message:
    encoding, count = segments(sent.text)
    return Message(
        name=sent.name,
        more=sent.more,
        text=sent.text,
        before=sent.before(voice.today),
        encoding=encoding,
        segments=count,
        smart=segments(smart(sent.text))[1],
        times=times,
        letters=tuple(_letters(voice.flow, voice.language, sent)),
        saving=_saving(sent.text, count, voice.language),
    )


def _letters(flow: Flow, language: str, sent: Sent) -> Iterator[Letter]:
    """Each odd letter once in each word."""
    if not odd_letters(sent.text):
        return
    texts = [*_texts_of(flow, sent.name), *_texts_beside(flow)]
    spoken = [(where, flow.say(text, language)) for where, text in texts]
    for word in _words(sent.text):
        where = next((place for place, said in spoken if word in said), "")
        for letter in sorted(odd_letters(word)):
            yield Letter(letter, word, where)


def _words(text: str) -> list[str]:
    """The words with odd letters; a mark that is odd itself stays at its word."""
    found = [word.strip(EDGES) for word in WORD.findall(text)]
    bare = {word: None for word in found if odd_letters(word)}
    if odd_letters(text) - frozenset("".join(bare)):
        bare |= {word: None for word in WORD.findall(text) if odd_letters(word)}
    return list(bare)


def _texts_of(flow: Flow, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The texts of one message with their paths in the flow."""
    own = {CONSENT: flow.consent.label, DECLINED: flow.consent.declined, CLOSING: flow.closing}
    paths = {CONSENT: "consent.label", DECLINED: "consent.declined", CLOSING: "closing"}
    if name in own:
        yield paths[name], dict(own[name])
    elif question := flow.by_id.get(name):
        yield from _texts(question)


def _texts_beside(flow: Flow) -> Iterator[tuple[str, dict[str, str]]]:
    """What may be said in a message beside its own text."""
    yield "not_private", dict(flow.not_private)
    for question in flow.questions:
        if not question.asks:
            yield from _texts(question)


def _texts(question: Question) -> Iterator[tuple[str, dict[str, str]]]:
    place = ".".join(map(str, question.path))
    yield f"{place}.{'repeat' if question.type == 'repeat' else 'label'}", dict(question.label)
    if question.purpose:
        yield f"{place}.purpose", dict(question.purpose)
    listed = ".".join(map(str, choices_path(question)))
    for choice in question.choices:
        yield f"{listed}.{choice.code}", dict(choice.label)


def _saving(text: str, count: int, language: str) -> Saving | None:
    """What a near spelling would save; None where it saves nothing, or would not be the same words."""
    spelled = near(text, language)
    saved = count - segments(spelled)[1]
    if saved <= 0 or odd_letters(spelled):
        return None
    words = tuple((word, near(word, language)) for word in _words(text))
    return Saving(saved, words)
