"""The texts of the mails: choose one, reword it, look at it, send it to oneself."""

from __future__ import annotations

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField, TextAreaField

from surveyapp.core.french import typeset
from surveyapp.core.letter import FIELDS, LANGUAGES, MEANINGS, NEEDED
from surveyapp.models import Campaign, db, now
from surveyapp.services import letters
from surveyapp.services.letters import BadWording, LetterKind, Place, Wording
from surveyapp.services.letters.samples import sample, send_sample
from surveyapp.store.campaigns import campaign_lines
from surveyapp.web.manage.blueprint import author, blueprint, campaign_or_404

Page = BaseResponse | tuple[str, int]

KIND_LABELS: dict[LetterKind, str] = {
    LetterKind.INVITATION: "Invitation",
    LetterKind.REMINDER: "Relance",
    LetterKind.RECEIPT: "Accusé de réception",
    LetterKind.RESUME: "Lien pour reprendre plus tard",
    LetterKind.THANKS: "Remerciement après la fermeture",
    LetterKind.DIGEST: "Résumé des nouvelles réponses",
}
#: A mail brings its own style; nothing else may run or load in its frame.
PREVIEW_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)


class LetterForm(FlaskForm):  # type: ignore[misc]
    """Subject and text; they are checked by the service, all faults at once."""

    subject = StringField("Objet")
    body = TextAreaField(
        "Texte",
        description="Une ligne vide commence un paragraphe. {lien} seul sur sa ligne devient un "
        "bouton.",
        render_kw={"rows": 18},
    )

    def wording(self) -> Wording:
        return Wording(self.subject.data or "", self.body.data or "")

    def show(self, error: BadWording) -> None:
        """Put each fault beside its field; what was typed stays."""
        for fault in error.faults:
            self[fault.part].errors = [*self[fault.part].errors, typeset(fault.message)]


@blueprint.get("/courriels/textes")
def letter_texts() -> str:
    """Every mail in both languages, and which ones were reworded."""
    campaign = _campaign()
    campaign_id = campaign.id if campaign else None
    return render_template(
        "letters/index.html",
        kinds={kind: KIND_LABELS[kind] for kind in letters.kinds_of(campaign_id)},
        languages=LANGUAGES,
        changed=letters.changed_places(db.session, campaign_id),
        campaign=campaign,
        campaigns=[line.campaign for line in campaign_lines(now=now())],
    )


@blueprint.get("/courriels/textes/<kind>/<language>")
def letter_text(kind: str, language: str) -> Page:
    """The text that is in force, to be changed."""
    place, campaign = _place(kind, language)
    wording = letters.wording_of(
        db.session, place.kind, campaign_id=place.campaign_id, language=language
    )
    return _page(place, campaign, LetterForm(subject=wording.subject, body=wording.body))


@blueprint.post("/courriels/textes/<kind>/<language>")
def save_letter(kind: str, language: str) -> Page:
    """Save the text, or send it to oneself; what is wrong is said, nothing typed is lost."""
    (place, campaign), form = _place(kind, language), LetterForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        if request.form.get("action") == "essai":
            send_sample(place, form.wording(), campaign=campaign, to=current_user.email)
            flash(f"Un essai part à l’adresse {current_user.email}. Rien n’est enregistré.")
            return _page(place, campaign, form)
        letters.save(place, form.wording(), author_id=author(), now=now())
    except BadWording as error:
        form.show(error)
        return _page(place, campaign, form)
    flash("Le texte est enregistré.", "success")
    return redirect(_url("manage.letter_texts", place, campaign))


@blueprint.route("/courriels/textes/<kind>/<language>/origine", methods=["GET", "POST"])
def restore_letter(kind: str, language: str) -> Page:
    """Ask, then go back to the text that was there before."""
    (place, campaign), form = _place(kind, language), FlaskForm()
    if form.validate_on_submit():
        letters.restore(place, author_id=author(), now=now())
        flash("Le texte d’origine est rétabli.", "success")
        return redirect(_url("manage.letter_texts", place, campaign))
    back = _url("manage.letter_text", place, campaign)
    page = render_template("letters/restore.html", label=KIND_LABELS[place.kind], back=back)
    return page, 200


@blueprint.route("/courriels/textes/<kind>/<language>/apercu", methods=["GET", "POST"])
def preview_letter(kind: str, language: str) -> Response:
    """The mail as it would arrive, for the frame of the page; a POST shows what was typed."""
    place, campaign = _place(kind, language)
    if request.method == "POST":
        wording = LetterForm().wording()
    else:
        wording = letters.wording_of(
            db.session, place.kind, campaign_id=place.campaign_id, language=language
        )
    try:
        letter = sample(place, wording, campaign=campaign, reader=current_user.email)
        page = render_template("mail/preview.html", letter=letter, kind=place.kind)
    except BadWording as error:
        page = render_template("mail/preview_faults.html", faults=error.faults)
    response = make_response(page)
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _page(place: Place, campaign: Campaign | None, form: LetterForm) -> tuple[str, int]:
    page = render_template(
        "letters/edit.html",
        form=form,
        place=place,
        campaign=campaign,
        label=KIND_LABELS[place.kind],
        language=LANGUAGES[place.language],
        fields={name: MEANINGS[name] for name in FIELDS[place.kind]},
        needed=NEEDED.get(place.kind, ""),
        own=letters.own_wording(db.session, place) is not None,
        address={
            name: _url(f"manage.{name}", place, campaign)
            for name in ("letter_texts", "save_letter", "preview_letter", "restore_letter")
        },
    )
    return page, 422 if form.errors else 200


def _campaign() -> Campaign | None:
    """The campaign that the address names; ``None`` for the texts of all."""
    slug = request.args.get("collecte", "")
    return campaign_or_404(slug) if slug else None


def _place(kind: str, language: str) -> tuple[Place, Campaign | None]:
    campaign = _campaign()
    campaign_id = campaign.id if campaign else None
    if kind not in letters.kinds_of(campaign_id) or language not in LANGUAGES:
        abort(404)
    return Place(LetterKind(kind), language, campaign_id), campaign


def _url(endpoint: str, place: Place, campaign: Campaign | None) -> str:
    slug = campaign.slug if campaign else None
    if endpoint == "manage.letter_texts":
        return url_for(endpoint, collecte=slug)
    return url_for(endpoint, kind=place.kind, language=place.language, collecte=slug)
