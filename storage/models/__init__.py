"""The tables. Columns only: what is done with them stands in the modules beside this package."""

from storage.base import Base
from storage.models.broadcasting import Broadcast, Recipient
from storage.models.coding import Coding, Quotation, QuotedTheme
from storage.models.entering import HouseRule, LogIn, RecoveryCode, StaffLink, Unmasking
from storage.models.exporting import ExportRow
from storage.models.finding import Look, SavedView, Search, Tag, Tagged
from storage.models.gathering import Meeting, MeetingGroup, SheetDraft, Sitting
from storage.models.interviewing import AnswerRow, Attachment, Contact, InterviewRow, MessageRow
from storage.models.layering import Mask, Translation
from storage.models.protecting import ConsentRecord, Erasure, Receipt, Suppression
from storage.models.running import (
    AuditEvent,
    Draft,
    FlowVersion,
    Heartbeat,
    Job,
    Rate,
    Spending,
    StaffMember,
)
from storage.models.tallying import Tally, TallyLook

__all__ = [
    "AnswerRow",
    "Attachment",
    "AuditEvent",
    "Base",
    "Broadcast",
    "Coding",
    "ConsentRecord",
    "Contact",
    "Draft",
    "Erasure",
    "ExportRow",
    "FlowVersion",
    "Heartbeat",
    "HouseRule",
    "InterviewRow",
    "Job",
    "LogIn",
    "Look",
    "Mask",
    "Meeting",
    "MeetingGroup",
    "MessageRow",
    "Quotation",
    "QuotedTheme",
    "Rate",
    "Receipt",
    "Recipient",
    "RecoveryCode",
    "SavedView",
    "Search",
    "SheetDraft",
    "Sitting",
    "Spending",
    "StaffLink",
    "StaffMember",
    "Suppression",
    "Tag",
    "Tagged",
    "Tally",
    "TallyLook",
    "Translation",
    "Unmasking",
]
