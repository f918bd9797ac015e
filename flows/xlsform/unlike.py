"""What XLSForm has and text messages do not, and the other way round: in words, for those who are told."""

from collections.abc import Mapping

# types of a form that are types of a flow
ALIKE: Mapping[str, str] = {
    "note": "note",
    "add note prompt": "note",
    "text": "text",
    "string": "text",
    "add text prompt": "text",
    "integer": "integer",
    "int": "integer",
    "add integer prompt": "integer",
    "decimal": "decimal",
    "add decimal prompt": "decimal",
    "range": "range",
    "date": "date",
    "add date prompt": "date",
    "select_one": "select_one",
    "select_multiple": "select_multiple",
    "geopoint": "geopoint",
    "location": "geopoint",
    "gps": "geopoint",
    "add location prompt": "geopoint",
    "image": "media",
    "photo": "media",
    "audio": "media",
    "video": "media",
    "file": "media",
    "add image prompt": "media",
    "add photo prompt": "media",
    "add audio prompt": "media",
    "add video prompt": "media",
    "add file prompt": "media",
    "calculate": "calculate",
    "add calculate prompt": "calculate",
}
# types that are asked in the nearest way there is, and how that is told
NEARLY: Mapping[str, tuple[str, str]] = {
    "rank": ("select_multiple", "is asked as many choices, without their order"),
    "from_file": ("text", "reads its choices from a file; it is asked in words"),
    "time": ("text", "is asked in words"),
    "datetime": ("date", "is asked as a date, without the time"),
    "date time": ("date", "is asked as a date, without the time"),
    "barcode": ("text", "is asked in words"),
    "geotrace": ("geopoint", "is asked as one place"),
    "geoshape": ("geopoint", "is asked as one place"),
    "acknowledge": ("note", "is shown as a note, which nobody has to confirm"),
    "trigger": ("note", "is shown as a note, which nobody has to confirm"),
    "percentage": ("decimal", "is asked as a number"),
}
# what is not asked of anyone
DEVICE = frozenset(
    (
        *("start", "end", "today", "deviceid", "device id", "phonenumber", "phone number"),
        *("username", "email", "simserial", "subscriberid", "imei", "audit", "start-geopoint"),
        *("background-audio", "background-geopoint", "start time", "end time", "get today"),
        *("get start time", "get end time", "get device id", "get phone number", "sim id"),
        *("hidden", "csv-external", "xml-external", "osm"),
    )
)
# columns that mean nothing in a conversation: what is lost, and what to do about it
IGNORED: Mapping[str, tuple[str, str]] = {
    "appearance": ("how a screen looks", ""),
    "choice_filter": ("all choices are shown", "Make a question for each case, with relevant."),
    "default": ("answers that are filled in beforehand", ""),
    "guidance_hint": ("hints for interviewers", ""),
    "required_message": ("the bot says in its own words that an answer is needed", ""),
    "read_only": ("a question is always asked", "Make it a note."),
    "trigger": ("calculations are always up to date", ""),
    "image": ("pictures are not sent", ""),
    "big-image": ("pictures are not sent", ""),
    "audio": ("recordings are not sent", ""),
    "video": ("videos are not sent", ""),
}
# keys of a flow that XLSForm has no word for
SAID: Mapping[str, str] = {
    "country": "whose phone numbers people type",
    "timezone": "whose clock counts",
    "unlisted": "that no menu offers the flow",
    "contact": "whom HELP names",
    "keywords": "the words that start the flow",
    "expires": "when an unfinished interview ends",
    "remind": "reminders",
    "care": "help for people in danger",
    "leave": "words that break it off without a trace",
    "not_private": "what is said before sensitive questions",
    "accept": "other words that mean a choice",
    "theme": "themes of the report",
    "purpose": "what an answer is needed for",
    "sensitive": "what must not be shown again",
    "attempts": "how often a question is asked again",
    "then": "what follows the last try",
    "report": "the part of the report an answer belongs to",
    "scope": "what a consent is for: asked as a plain yes or no",
    "repeat": "the question whether there is another one",
    "max": "how often a repeat is asked at most",
}
