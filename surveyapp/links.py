"""Addresses that leave the site: in mails, QR codes and documents."""

from __future__ import annotations

from typing import Any

from flask import current_app

from surveyapp.config import Config


def settings() -> Config:
    """Configuration of the running application."""
    config: Config = current_app.config["SURVEYAPP"]
    return config


def absolute_url(endpoint: str, **values: Any) -> str:
    """Full address of a page, from ``SURVEYAPP_BASE_URL``.

    Never from the request: a forged ``Host`` header must not end in somebody's mail.
    """
    base = settings().base_url
    scheme, _, rest = base.partition("://")
    host, _, root = rest.partition("/")
    adapter = current_app.url_map.bind(host, script_name=f"/{root}", url_scheme=scheme)
    return adapter.build(endpoint, values, force_external=True)
