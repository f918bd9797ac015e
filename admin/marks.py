"""Why a message is marked for attention, in plain words. The marks are the engine's and the service's own."""

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.showing import label_of
from admin.words import listed
from flows import Flow
from storage.quarantine import TOO_MANY_NEW, TOO_QUICK

TOPICS = {
    "danger": lazy_gettext("somebody may be in danger"),
    "self_harm": lazy_gettext("somebody may want to hurt themselves"),
}
PLAIN = {
    "wrote to a person": lazy_gettext("It was written to the person who had taken the talk over"),
    "an automatic reply": lazy_gettext("It looks like an automatic reply, and was not answered"),
    "from a short code or a company": lazy_gettext("It comes from a short code or a company"),
    "too many messages in a minute": lazy_gettext("Too many messages came within a minute"),
    TOO_QUICK: lazy_gettext("More messages than a person writes: not answered, in quarantine"),
    TOO_MANY_NEW: lazy_gettext("Many new people wrote at once: not answered, in quarantine"),
}
_CARE = re.compile(r"care: (.+)")
_UNUSABLE = re.compile(r"no usable answer to (\S+)")
_EDITED = re.compile(r"an edit that does not fit (\S+)")
_FAULT = re.compile(r"\w+ in \S+, line \d+")


def plainly(attention: str, flow: Flow | None = None, language: str = "") -> str:
    """The reasons of one message; what is not known here stays as it is. Without its flow questions go by their ids."""
    return "; ".join(str(_reason(one, flow, language)) for one in attention.split("; "))


def _reason(reason: str, flow: Flow | None, language: str) -> object:
    if found := _CARE.fullmatch(reason):
        told = [str(TOPICS.get(topic, topic)) for topic in found[1].split(", ")]
        return _("By its words, %(what)s", what=listed(dict.fromkeys(told)))
    if found := _UNUSABLE.fullmatch(reason):
        question = label_of(flow, found[1], language) if flow else found[1]
        return _("It could not be understood as an answer to “%(question)s”", question=question)
    if found := _EDITED.fullmatch(reason):
        question = label_of(flow, found[1], language) if flow else found[1]
        return _("It was edited later, and does not fit “%(question)s” any more", question=question)
    if _FAULT.fullmatch(reason):
        return _("The program failed at it; it is kept (%(fault)s)", fault=reason)
    return PLAIN.get(reason, reason)
