"""Answering a campaign: find it, keep a draft, send it."""

from surveyapp.services.dossiers.collecting import NotAwaited
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
    answer_sent,
    check,
    receipt,
    submit,
    unmet,
)
from surveyapp.services.respond.trials import (
    is_trial,
    load_trial,
    new_trial,
    remove_trial,
    save_trial,
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
    "NotAwaited",
    "Receipt",
    "TooMany",
    "answer_sent",
    "check",
    "discard",
    "find",
    "find_with_draft",
    "is_trial",
    "latest",
    "listed",
    "load",
    "load_trial",
    "new_token",
    "new_trial",
    "receipt",
    "remove_trial",
    "reopen",
    "save",
    "save_trial",
    "send_resume_link",
    "submit",
    "unmet",
    "whose",
    "with_version",
]
