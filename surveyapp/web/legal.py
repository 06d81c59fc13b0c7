"""What the law asks to say on every site: personal data and accessibility."""

from __future__ import annotations

from flask import Blueprint, render_template

blueprint = Blueprint("legal", __name__)


@blueprint.get("/confidentialite")
def privacy() -> str:
    return render_template("legal/privacy.html")


@blueprint.get("/accessibilite")
def accessibility() -> str:
    return render_template("legal/accessibility.html")
