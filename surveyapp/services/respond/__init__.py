"""Answering a campaign: find it, keep a draft, send it."""

from surveyapp.services.invite.personal import LinkUsed
from surveyapp.services.respond.campaigns import (
    GRACE,
    CampaignInfo,
    Door,
    find,
    listed,
    with_version,
)
from surveyapp.services.respond.drafts import (
    AlreadySent,
    Draft,
    discard,
    find_with_draft,
    load,
    new_token,
    save,
    whose,
)
from surveyapp.services.respond.editing import Gone, latest, reopen
from surveyapp.services.respond.mails import BadAddress, TooMany, send_resume_link
from surveyapp.services.respond.sending import (
    Full,
    Incomplete,
    Receipt,
    check,
    receipt,
    submit,
    unmet,
)

__all__ = [
    "GRACE",
    "AlreadySent",
    "BadAddress",
    "CampaignInfo",
    "Door",
    "Draft",
    "Full",
    "Gone",
    "Incomplete",
    "LinkUsed",
    "Receipt",
    "TooMany",
    "check",
    "discard",
    "find",
    "find_with_draft",
    "latest",
    "listed",
    "load",
    "new_token",
    "receipt",
    "reopen",
    "save",
    "send_resume_link",
    "submit",
    "unmet",
    "whose",
    "with_version",
]
