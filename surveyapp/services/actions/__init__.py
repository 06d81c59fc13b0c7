"""Funded actions: enter, measure, issue their bilan."""

from surveyapp.services.actions.edit import (
    OBJECTIVES_PAGE,
    create_action,
    find_action,
    page_inputs,
    save_page,
)
from surveyapp.services.actions.errors import (
    ActionNotFoundError,
    Difference,
    PageConflictError,
    PageFaultsError,
)
from surveyapp.services.actions.issue import (
    current_bilan,
    docx_of,
    issue_bilan,
    issued_day,
    pdf_of,
    request_pdf,
    view_of,
)
from surveyapp.services.actions.records import values_of
from surveyapp.services.actions.sources import (
    ProgrammeSource,
    Refreshed,
    Source,
    compute,
    facts_of,
    read_source,
    refresh,
    set_source,
    take_computed,
)

__all__ = [
    "OBJECTIVES_PAGE",
    "ActionNotFoundError",
    "Difference",
    "PageConflictError",
    "PageFaultsError",
    "ProgrammeSource",
    "Refreshed",
    "Source",
    "compute",
    "create_action",
    "current_bilan",
    "docx_of",
    "facts_of",
    "find_action",
    "issue_bilan",
    "issued_day",
    "page_inputs",
    "pdf_of",
    "read_source",
    "refresh",
    "request_pdf",
    "save_page",
    "set_source",
    "take_computed",
    "values_of",
    "view_of",
]
