"""Pages. A route reads the request, calls one service and renders: 15 lines at most."""

from surveyapp.web.account import blueprint as account
from surveyapp.web.actions.blueprint import blueprint as actions
from surveyapp.web.assets import blueprint as assets
from surveyapp.web.board import blueprint as board
from surveyapp.web.declarations import blueprint as declarations
from surveyapp.web.documents import blueprint as documents
from surveyapp.web.dossiers import blueprint as dossiers
from surveyapp.web.feed import blueprint as feed
from surveyapp.web.files import blueprint as files
from surveyapp.web.health import blueprint as health
from surveyapp.web.invite import blueprint as invite
from surveyapp.web.journeys import blueprint as journeys
from surveyapp.web.legal import blueprint as legal
from surveyapp.web.manage.blueprint import blueprint as manage
from surveyapp.web.meetings import blueprint as meetings
from surveyapp.web.people import blueprint as people
from surveyapp.web.places import blueprint as places
from surveyapp.web.polls import blueprint as polls
from surveyapp.web.polls import phone_blueprint as room
from surveyapp.web.programme import blueprint as programme
from surveyapp.web.register import blueprint as register
from surveyapp.web.respond import blueprint as respond
from surveyapp.web.results.blueprint import blueprint as results
from surveyapp.web.rights import blueprint as rights
from surveyapp.web.space import accounts_blueprint as ambassadors
from surveyapp.web.space import blueprint as space
from surveyapp.web.tasks import blueprint as tasks
from surveyapp.web.unsubscribe import blueprint as unsubscribe

BLUEPRINTS = (
    assets,
    health,
    legal,
    account,
    respond,
    manage,
    people,
    register,
    invite,
    results,
    actions,
    tasks,
    documents,
    polls,
    room,
    rights,
    journeys,
    dossiers,
    files,
    declarations,
    places,
    unsubscribe,
    board,
    space,
    ambassadors,
    feed,
    programme,
    meetings,
)
