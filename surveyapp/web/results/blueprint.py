"""The blueprint of the results of a campaign."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("results", __name__, url_prefix="/coordination")
