"""Invitations go away with the campaign, and the links of the mails that left with them."""

from __future__ import annotations

import sqlalchemy as sa

from surveyapp.core.campaign import reach
from surveyapp.models import Access, Campaign, Invitation, Message, Reminder, WorkState
from surveyapp.services.transaction import AnySession


def forget_invitations(session: AnySession, campaign_id: int) -> int:
    """Delete who was invited, who has answered and the plan of a campaign; how many people.

    How many they were stays with the campaign, for its rate of answers.
    """
    invited = sa.select(sa.func.count()).where(Invitation.campaign_id == campaign_id)
    count = session.scalar(invited) or 0
    if count:
        campaign = session.get_one(Campaign, campaign_id)
        by_link = campaign.access is not Access.INVITED
        campaign.audience = reach(campaign.audience, count, by_link=by_link)
    session.execute(
        sa.delete(Message).where(
            Message.campaign_id == campaign_id,
            Message.solicitation,
            Message.state == WorkState.PENDING,
        )
    )
    session.execute(sa.delete(Reminder).where(Reminder.campaign_id == campaign_id))
    session.execute(sa.delete(Invitation).where(Invitation.campaign_id == campaign_id))
    return count
