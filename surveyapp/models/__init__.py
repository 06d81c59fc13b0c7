"""The tables."""

from surveyapp.core.indicator import IndicatorKind
from surveyapp.models.accounts import AccountLink, LinkPurpose, Role, Structure, User
from surveyapp.models.base import Model, UtcDateTime, db, now, random_key
from surveyapp.models.bilan import Action, Bilan, Indicator, Objective
from surveyapp.models.collect import (
    Access,
    Campaign,
    CampaignState,
    Form,
    FormVersion,
    Response,
    ResponseStatus,
    ResultStep,
    SpentToken,
    Verbatim,
    VerbatimState,
    Visibility,
)
from surveyapp.models.outreach import (
    Invitation,
    MailTemplate,
    Participation,
    Reminder,
    ReminderState,
)
from surveyapp.models.people import (
    ChangeKind,
    ChangeState,
    ContactBy,
    DirectoryChange,
    MailAddress,
    Person,
)
from surveyapp.models.poll import Poll, PollState, PollVote, PollWord
from surveyapp.models.work import Document, Event, Heartbeat, Job, Message, WorkState

__all__ = [
    "Access",
    "AccountLink",
    "Action",
    "Bilan",
    "Campaign",
    "CampaignState",
    "ChangeKind",
    "ChangeState",
    "ContactBy",
    "DirectoryChange",
    "Document",
    "Event",
    "Form",
    "FormVersion",
    "Heartbeat",
    "Indicator",
    "IndicatorKind",
    "Invitation",
    "Job",
    "LinkPurpose",
    "MailAddress",
    "MailTemplate",
    "Message",
    "Model",
    "Objective",
    "Participation",
    "Person",
    "Poll",
    "PollState",
    "PollVote",
    "PollWord",
    "Reminder",
    "ReminderState",
    "Response",
    "ResponseStatus",
    "ResultStep",
    "Role",
    "SpentToken",
    "Structure",
    "User",
    "UtcDateTime",
    "Verbatim",
    "VerbatimState",
    "Visibility",
    "WorkState",
    "db",
    "now",
    "random_key",
]
