"""Review of the open answers: keep, hide, mask a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.core.campaign import Phase
from surveyapp.core.definition import Mode
from surveyapp.core.french import NBSP, plural
from surveyapp.core.summary import Reason, reason_text
from surveyapp.models import Campaign, VerbatimState, now
from surveyapp.services import verbatims as service
from surveyapp.services.verbatims import Decision, OpenAnswer, OpenQuestion, VerbatimError
from surveyapp.store.campaigns import phase_of
from surveyapp.web.paging import Page, clamp
from surveyapp.web.results.blueprint import blueprint
from surveyapp.web.results.campaign import campaign_or_404

SIZE = 20
#: What the page can list, by the value in its address.
STATES: dict[str, tuple[str, VerbatimState | None]] = {
    "a-relire": ("À relire", None),
    "publiees": ("Publiées", VerbatimState.KEPT),
    "ecartees": ("Écartées", VerbatimState.HIDDEN),
}
#: What can be decided of an answer, by the value of its button.
CHOICES: dict[str, tuple[str, VerbatimState | None]] = {
    "publier": ("Publier", VerbatimState.KEPT),
    "ecarter": ("Ne pas publier", VerbatimState.HIDDEN),
    "plus-tard": ("Plus tard", None),
}
UNREAD = "Cochez la case quand vous avez lu ces réponses, ou relisez-les une à une."


@dataclass(frozen=True, slots=True)
class Item:
    """One answer of the page."""

    key: str
    original: str
    shown: str
    masked: bool
    choice: str


@blueprint.get("/collectes/<slug>/verbatims")
def verbatims(slug: str) -> str:
    """A page of answers to one open question, in one state."""
    campaign = campaign_or_404(slug)
    questions = service.open_questions(campaign)
    current, state = _current(questions), _state()
    return render_template(
        "results/verbatims.html",
        questions=questions,
        current=current,
        state=state,
        page=_page(campaign, current, state),
        withheld=_withheld(campaign, current),
        campaign=campaign_or_404(slug),
        states=_labels(STATES),
        choices=_labels(CHOICES),
    )


@blueprint.post("/collectes/<slug>/verbatims")
def review(slug: str) -> Response:
    """Write the decisions of the page."""
    decisions = list(_decisions())
    try:
        service.decide(campaign_or_404(slug), decisions)
    except VerbatimError as error:
        flash(str(error), "error")
    else:
        flash(_told(d.state for d in decisions), "success")
    question = request.args.get("question", "")
    return redirect(url_for("results.verbatims", slug=slug, question=question, etat=_state()))


@blueprint.route("/collectes/<slug>/verbatims/tout-publier", methods=["GET", "POST"])
def publish_all(slug: str) -> str | Response | tuple[str, int]:
    """Ask, then publish every answer to a question that is left to review."""
    campaign = campaign_or_404(slug)
    current = _current(service.open_questions(campaign))
    if current is None or not current.waiting:
        return redirect(url_for("results.verbatims", slug=slug))
    if request.form.get("relues"):
        return _publish(campaign, current)
    errors = {"relues": UNREAD} if request.method == "POST" else {}
    page = render_template(
        "results/publish_all.html", campaign=campaign_or_404(slug), current=current, errors=errors
    )
    return page, 422 if errors else 200


def _publish(campaign: Campaign, current: OpenQuestion) -> Response:
    slug, seen = campaign.slug, request.form.get("combien", type=int) or 0
    try:
        service.keep_all(campaign, current.name, expected=seen)
    except VerbatimError as error:
        flash(str(error), "error")
    else:
        flash(_told([VerbatimState.KEPT] * seen), "success")
    return redirect(url_for("results.verbatims", slug=slug, question=current.name))


def _current(questions: tuple[OpenQuestion, ...]) -> OpenQuestion | None:
    """The question that the address names; without a name the first that waits."""
    wanted = request.args.get("question")
    if wanted:
        return next((q for q in questions if q.name == wanted), None) or abort(404)
    waiting = (q for q in questions if q.waiting)
    return next(waiting, questions[0] if questions else None)


def _labels(table: dict[str, tuple[str, VerbatimState | None]]) -> list[tuple[str, str]]:
    return [(value, label) for value, (label, _) in table.items()]


def _state() -> str:
    wanted = request.args.get("etat", "")
    return wanted if wanted in STATES else "a-relire"


def _page(campaign: Campaign, current: OpenQuestion | None, state: str) -> Page[Item]:
    found: tuple[OpenAnswer, ...] = ()
    if current is not None and not current.withheld:
        found = service.open_answers(campaign, current.name, state=STATES[state][1])
    number = clamp(request.args.get("page"), total=len(found), size=SIZE)
    rows = found[(number - 1) * SIZE : number * SIZE]
    return Page([_item(answer) for answer in rows], number, SIZE, len(found))


def _item(answer: OpenAnswer) -> Item:
    choice = next(value for value, (_, state) in CHOICES.items() if state is answer.state)
    return Item(answer.key, answer.original, answer.published, answer.masked, choice)


def _withheld(campaign: Campaign, current: OpenQuestion | None) -> str:
    """Why nothing can be reviewed."""
    if current is None or not current.withheld:
        return ""
    if campaign.version.mode is not Mode.ANONYMOUS:
        return reason_text(Reason.EMPTY, campaign.version.k)
    closed = phase_of(campaign, now=now()) in (Phase.CLOSED, Phase.ARCHIVED)
    return reason_text(Reason.BASE if closed else Reason.WAIT, campaign.version.k)


def _decisions() -> list[Decision]:
    """What the form says, answer by answer; an unknown choice leaves an answer as it is."""
    chosen = (
        (name.removeprefix("choix-"), CHOICES[value][1])
        for name, value in request.form.items()
        if name.startswith("choix-") and value in CHOICES
    )
    return [Decision(key, state, request.form.get(f"texte-{key}", "")) for key, state in chosen]


def _told(states: Iterable[VerbatimState | None]) -> str:
    """What was done; answers that stay where the page listed them go without saying."""
    counts = Counter(state for state in states if state is not STATES[_state()][1])
    parts = [
        plural(counts[state], one, many) for state, (one, many) in _DONE.items() if counts[state]
    ]
    return f"C’est enregistré{NBSP}: {', '.join(parts)}." if parts else "C’est enregistré."


_DONE: dict[VerbatimState | None, tuple[str, str]] = {
    VerbatimState.KEPT: ("réponse publiée", "réponses publiées"),
    VerbatimState.HIDDEN: ("réponse écartée", "réponses écartées"),
    None: ("réponse remise à relire", "réponses remises à relire"),
}
