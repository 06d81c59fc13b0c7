"""What happens when a page is sent: understand, save, then stay or go on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from flask import abort, jsonify, redirect, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.core.answers import Outcome, Reading, outcome
from surveyapp.core.definition import Section
from surveyapp.forms import PageForm, Typed, page_class
from surveyapp.services import respond
from surveyapp.web.respond import visit
from surveyapp.web.respond.entry import Entry, NotOpen
from surveyapp.web.respond.errands import on_behalf
from surveyapp.web.respond.render import full_page, view_of
from surveyapp.web.respond.view import Notice, newly_asked

ACTION_FIELD = "_action"
#: What the script of the page sends as its action (``static/autosave.js``).
AUTOSAVE = "autosave"
HIDDEN_FIELD = "_hidden"
WARNED_FIELD = "_warned"
RETURN_FIELD = "_return"

LOST = Notice(
    title="Votre session s’était interrompue",
    text=(
        "Vos réponses de cette page sont toujours là. Appuyez de nouveau sur le bouton en bas "
        "de la page. Si ce message revient, autorisez les cookies pour ce site."
    ),
)
HURRIED = Notice(
    title="Confirmez votre envoi",
    text=(
        "Votre questionnaire nous est arrivé en quelques secondes\u00a0: nous préférons nous "
        "assurer qu’il ne vient pas d’un robot. Rien n’est perdu. Relisez vos réponses, puis "
        "appuyez de nouveau sur le bouton en bas de la page."
    ),
)
TRAPPED = Notice(
    title="Un champ invisible a été rempli",
    text=(
        "Votre navigateur l’a sans doute rempli tout seul. Nous l’avons vidé et vos réponses "
        "sont toujours là. Appuyez de nouveau sur le bouton en bas de la page."
    ),
)
#: Why a page is shown again although nothing on it is wrong, by title.
NOTICES = {notice.title: notice for notice in (HURRIED, TRAPPED)}


@dataclass(slots=True)
class Sent:
    """A page that was just sent, already put in the draft of ``entry``."""

    entry: Entry
    section: Section
    form: PageForm
    typed: Typed
    reading: Reading

    @property
    def returning(self) -> bool:
        """Whether the person came from the review page, and goes back to it."""
        return bool(request.form.get(RETURN_FIELD))


@dataclass(frozen=True, slots=True)
class Stay:
    """Show the page again: what is wrong is judged then, except about the fields ``opened``
    by an answer, which nobody has seen yet."""

    opened: tuple[str, ...] = ()
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Go:
    """Go to another page."""

    endpoint: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def address(self, slug: str) -> str:
        return url_for(self.endpoint, slug=slug, **self.arguments)


class Send:
    """Send the questionnaire."""


Reply = BaseResponse | tuple[str | BaseResponse, int]


def page_sent(entry: Entry, page: str) -> Reply:
    """Answer to ``POST /q/<slug>/<page>``."""
    sent = _understand(entry, page)
    if _action()[0] == AUTOSAVE:
        return _autosaved(entry)
    if not entry.genuine:
        return _lost(sent), 400
    decision = _decide(sent)
    if isinstance(decision, Send):
        answer = attempt(entry)
        return _again(sent, Stay(notice=answer.title)) if isinstance(answer, Notice) else answer
    if isinstance(decision, Go) and decision.endpoint in ("respond.page", "respond.review"):
        entry.draft.page = decision.arguments.get("page", "")
    keep(entry)
    if isinstance(decision, Stay):
        return _again(sent, decision)
    return redirect(decision.address(entry.slug), 303)


def _autosaved(entry: Entry) -> Reply:
    """Answer to the script that saves what is being typed: nothing is judged.

    204 when it is saved. A browser that lost its cookie gets a new key to try again with.
    """
    if not entry.genuine:
        return jsonify(csrf=generate_csrf()), 200
    keep(entry)
    return "", 204


def keep(entry: Entry) -> None:
    """Save the draft."""
    if entry.trial:
        respond.save_trial(entry.token, entry.draft)
        return
    try:
        respond.save(entry.campaign, entry.token, entry.draft, today=entry.today)
    except respond.NotAwaited as refused:
        typed = (entry.campaign.definition, entry.draft.values)
        raise respond.NotAwaited(refused.reason, typed) from None


def attempt(entry: Entry) -> BaseResponse | Notice:
    """Send the answers, or keep the draft and say what is left to do."""
    slug, campaign = entry.slug, entry.campaign
    notice = TRAPPED if visit.trapped() else HURRIED if visit.hurried(slug) else None
    if notice:
        keep(entry)
        return notice
    if entry.trial:
        return _attempt_trial(entry)
    if campaign.anonymous and campaign.invited_only and not entry.invitation:
        keep(entry)  # the browser lost the personal link: the draft waits for its return
        raise NotOpen(campaign, respond.Door.INVITED)
    try:
        respond.submit(
            campaign,
            entry.token,
            entry.draft,
            today=entry.today,
            now=entry.now,
            invitation=entry.invitation,
            user_id=on_behalf(entry.token),
        )
    except respond.Incomplete as lacking:
        keep(entry)
        return _to_correct(slug, lacking)
    except respond.NotAwaited as refused:
        typed = (entry.campaign.definition, entry.draft.values)
        raise respond.NotAwaited(refused.reason, typed) from None
    except respond.Full:
        keep(entry)
        return redirect(url_for("respond.start", slug=slug), 303)
    keeps = campaign.nominative or campaign.internal
    visit.remember_sent(slug, entry.token if keeps else "")
    return redirect(url_for("respond.thanks", slug=slug), 303)


def _attempt_trial(entry: Entry) -> BaseResponse:
    """Check as at a real sending, then forget."""
    outcome = respond.check(entry.campaign, entry.draft, today=entry.today)
    lacking = respond.unmet(entry.campaign, entry.draft.values, today=entry.today)
    if outcome.problems or lacking:
        keep(entry)
        return _to_correct(entry.slug, respond.Incomplete(outcome, lacking))
    respond.remove_trial(entry.token)
    return redirect(url_for("respond.thanks", slug=entry.slug), 303)


def judged(reading: Reading, section: Section, typed: Typed) -> Outcome:
    """What is to be corrected on one page; what could not be understood is said once."""
    found = outcome(reading, section.name)
    if not typed.problems:
        return found
    hidden = reading.hidden(section)
    unread = [p for p in typed.problems if p.field not in hidden and p.repeat not in hidden]
    fields = {problem.field for problem in unread}
    others = [problem for problem in found.problems if problem.field not in fields]
    order = {name: rank for rank, name in enumerate(reading.places)}
    problems = sorted([*unread, *others], key=lambda p: (order.get(p.repeat or p.name, 0), p.index))
    return replace(found, problems=tuple(problems))


def next_page(entry: Entry) -> Go:
    """Where somebody who comes back goes on: the page they were at, if it is still theirs,
    else the first page not yet seen or to correct, else the review."""
    if entry.draft.page in (page.name for page in entry.sections()):
        return Go("respond.page", {"page": entry.draft.page})
    found = respond.check(entry.campaign, entry.draft, today=entry.today)
    wrong = {problem.section for problem in found.problems}
    for name in found.sections:
        if name not in entry.draft.seen or name in wrong:
            return Go("respond.page", {"page": name})
    return Go("respond.review")


def _understand(entry: Entry, page: str) -> Sent:
    """Read what was posted and put it in the draft."""
    section = entry.campaign.definition.section(page) or abort(404)
    made = page_class(entry.campaign.digest, section)
    form = made.of_post(request.form)
    verb, repeat, index = _action()
    if verb == "add":
        form.add(repeat)
    elif verb == "clear":
        form.clear(repeat)
    elif verb == "remove" and index.isdecimal() and len(index) < 5:
        form.remove(repeat, int(index))
    typed = form.typed()
    entry.draft.fill(section.name, made.names, typed.values, typed.raw)
    return Sent(entry, section, form, typed, entry.reading())


def _action() -> tuple[str, str, str]:
    """« add:enfants », « remove:enfants:0 », « next »…"""
    parts = request.form.get(ACTION_FIELD, "next").split(":")
    verb, repeat, index = (*parts, "", "")[:3]
    return verb, repeat, index


def _decide(sent: Sent) -> Stay | Go | Send:
    verb, repeat, _ = _action()
    if verb in ("add", "remove"):
        count = len(sent.typed.values.get(repeat, ()))
        anchor = f"q-{repeat}-{count - 1}" if verb == "add" and count else f"q-{repeat}"
        return Go("respond.page", {"page": sent.section.name, "_anchor": anchor})
    if verb == "clear":
        return Go("respond.page", {"page": sent.section.name, "_anchor": f"q-{repeat}"})
    if verb == "back":
        return _back(sent)
    if verb in ("later", "copy"):
        return Go(f"respond.{verb}")
    return _blocked(sent) or _onward(sent, wants_to_send=verb == "send")


def _back(sent: Sent) -> Go:
    before = []
    for page in sent.reading.sections():
        if page.name == sent.section.name:
            break
        before.append(page.name)
    return Go("respond.page", {"page": before[-1]}) if before else Go("respond.start")


def _blocked(sent: Sent) -> Stay | Go | None:
    """What keeps the person from going on, if anything."""
    found = judged(sent.reading, sent.section, sent.typed)
    before = request.form.get(HIDDEN_FIELD, "").split()
    hidden = sent.reading.hidden(sent.section)
    opened = newly_asked(sent.section, before, hidden)
    already = set(request.form.get(WARNED_FIELD, "").split())
    if opened or found.problems or any(p.field not in already for p in found.warnings):
        return Stay(tuple(opened))
    entry = sent.entry
    name = sent.section.name
    if respond.unmet(entry.campaign, entry.draft.values, today=entry.today, section=name):
        return Go("respond.condition")
    return None


def _onward(sent: Sent, *, wants_to_send: bool) -> Go | Send:
    """The next page, the review, or the sending that the last button promised."""
    campaign = sent.entry.campaign
    order = [section.name for section in campaign.definition.sections]
    here = order.index(sent.section.name)
    pages = [page.name for page in sent.reading.sections()]
    ahead = [page for page in pages if order.index(page) > here]
    if sent.returning:
        ahead = [page for page in pages if page not in sent.entry.draft.seen]
    if ahead:
        return Go("respond.page", {"page": ahead[0]})
    return Send() if wants_to_send and not campaign.reviewed else Go("respond.review")


def _to_correct(slug: str, lacking: respond.Incomplete) -> BaseResponse:
    """The page of the first thing to correct, or that of the prerequisite."""
    if lacking.outcome.problems:
        page = lacking.outcome.problems[0].section
        return redirect(url_for("respond.page", slug=slug, page=page, verifier=1), 303)
    return redirect(url_for("respond.condition", slug=slug), 303)


def _again(sent: Sent, stay: Stay) -> BaseResponse:
    """The page once more, at an address that « Retour » can open (it is saved already)."""
    visit.note(sent.entry.slug, sent.section.name, stay.notice, stay.opened)
    again = {"verifier": 1, "relire": 1} if sent.returning else {"verifier": 1}
    page = Go("respond.page", {"page": sent.section.name, **again})
    return redirect(page.address(sent.entry.slug), 303)


def _lost(sent: Sent) -> str:
    """The page as it was sent by a browser that lost its cookie: nothing is saved yet."""
    entry = sent.entry
    view = view_of(entry.campaign, sent.section, sent.form, entry.draft, today=entry.today)
    view.notice, view.returning = LOST, sent.returning
    return full_page(view, token=entry.token or visit.begin(entry.slug))
