"""The tables."""

from surveyapp.core.indicator import IndicatorKind
from surveyapp.models.accounts import AccountLink, LinkPurpose, Role, Structure, User
from surveyapp.models.base import Model, UtcDateTime, db, now, random_key
from surveyapp.models.bilan import Action, Bilan, Indicator, Objective
from surveyapp.models.collect import (
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
)
from surveyapp.models.work import Document, Event, Heartbeat, Job, Message, WorkState

__all__ = [
    "AccountLink",
    "Action",
    "Bilan",
    "Campaign",
    "CampaignState",
    "Document",
    "Event",
    "Form",
    "FormVersion",
    "Heartbeat",
    "Indicator",
    "IndicatorKind",
    "Job",
    "LinkPurpose",
    "Message",
    "Model",
    "Objective",
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
    "WorkState",
    "db",
    "now",
    "random_key",
]
