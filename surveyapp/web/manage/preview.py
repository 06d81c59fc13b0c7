"""A page of a questionnaire as respondents see it, every question open."""

from __future__ import annotations

from datetime import date

from surveyapp.core.answers import Reading
from surveyapp.core.definition import Section
from surveyapp.forms import page_class
from surveyapp.models import Access, CampaignState, FormVersion
from surveyapp.services.publish import definition_of
from surveyapp.services.respond import CampaignInfo
from surveyapp.web.respond.view import PageView


def preview_page(version: FormVersion, section: Section, *, today: date) -> PageView:
    """The page with its default answers; questions that depend on others are all shown."""
    definition = definition_of(version)
    form = page_class(version.sha256, section).fresh()
    form.offer(Reading(definition, {}, today=today))
    return PageView(
        campaign=_nowhere(version),
        section=section,
        form=form,
        step=definition.sections.index(section) + 1,
        total=len(definition.sections),
        final=section is definition.sections[-1],
        hidden=frozenset(),
        outside="",
        today=today,
    )


def _nowhere(version: FormVersion) -> CampaignInfo:
    """A campaign that does not exist: a preview is not collected."""
    definition = definition_of(version)
    return CampaignInfo(
        id=0,
        slug="",
        title=definition.title,
        state=CampaignState.DRAFT,
        opens_at=None,
        closes_at=None,
        capacity=None,
        access=Access.LINK,
        internal=False,
        language=definition.language,
        messages={},
        redirect_url="",
        version_id=version.id,
        digest=version.sha256,
        definition=definition,
    )
