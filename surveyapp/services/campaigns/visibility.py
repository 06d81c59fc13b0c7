"""Who may see the results of a campaign."""

from __future__ import annotations

import sqlalchemy as sa

from surveyapp.models import Campaign, Document, Job, Visibility
from surveyapp.permissions import Permission
from surveyapp.services.transaction import AnySession

#: Tasks whose files hold results of a campaign.
_RESULTS = ("results_pdf", "results_csv", "results_xlsx")


def results_permission(campaign: Campaign) -> Permission:
    """What the results of ``campaign`` ask of whoever looks at them."""
    if campaign.visibility is Visibility.COORDINATION:
        return Permission.RESPONSES
    return Permission.READ


def guard_documents(session: AnySession, campaign: Campaign) -> None:
    """Take the results that were already written to files from whoever may no longer see them."""
    jobs = session.execute(
        sa.select(Job.document_id, Job.payload).where(
            Job.kind.in_(_RESULTS), Job.document_id.is_not(None)
        )
    )
    made = [document for document, payload in jobs if payload.get("slug") == campaign.slug]
    session.execute(
        sa.update(Document)
        .where(Document.id.in_(made), Document.permission == Permission.READ)
        .values(permission=Permission.RESPONSES)
    )
