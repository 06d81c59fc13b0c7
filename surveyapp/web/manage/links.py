"""The address that people who answer are given."""

from __future__ import annotations

from surveyapp.links import settings


def public_url(slug: str) -> str:
    """« https://…/q/SLUG »: on paper and in QR codes, so it never changes (design.md §7)."""
    return f"{settings().base_url.rstrip('/')}/q/{slug}"
