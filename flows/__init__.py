"""The flow language and the interview engine: pure, without network, database, clock or environment.

What the other packages use of it is named here. It imports none of them.
"""

from flows.errors import FlowError, FlowErrors
from flows.language.model import (
    COLUMNS,
    CONSENT,
    NO,
    YES,
    Choice,
    Flow,
    Question,
    Slot,
    parts_of,
    slot_of,
)
from flows.language.piping import show
from flows.loader import Examined, examine, load, load_file, read_source
from flows.phrases import SHIPPED, Command, command, is_said, phrasebook
from flows.talking.conversation import converse
from flows.talking.interview import (
    Answer,
    Given,
    Heard,
    Interview,
    Menu,
    Reply,
    State,
    Status,
    Turn,
    Uttered,
)
from flows.talking.languages import language_name, warm_up
from flows.talking.standing import Catalog, Outcome, Overtaken, Said, Standing

__all__ = [
    "COLUMNS",
    "CONSENT",
    "NO",
    "SHIPPED",
    "YES",
    "Answer",
    "Catalog",
    "Choice",
    "Command",
    "Examined",
    "Flow",
    "FlowError",
    "FlowErrors",
    "Given",
    "Heard",
    "Interview",
    "Menu",
    "Outcome",
    "Overtaken",
    "Question",
    "Reply",
    "Said",
    "Slot",
    "Standing",
    "State",
    "Status",
    "Turn",
    "Uttered",
    "command",
    "converse",
    "examine",
    "is_said",
    "language_name",
    "load",
    "load_file",
    "parts_of",
    "phrasebook",
    "read_source",
    "show",
    "slot_of",
    "warm_up",
]
