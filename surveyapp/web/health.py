"""For the machine that watches: is the process alive, can it do its work?"""

from __future__ import annotations

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from surveyapp import readiness

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> Response:
    """The database, the migrations, the outbox and the worker are fit; 503 otherwise."""
    checks = readiness.checks()
    response = jsonify(status="ok" if all(checks.values()) else "failed", checks=checks)
    response.status_code = 200 if all(checks.values()) else 503
    return response
