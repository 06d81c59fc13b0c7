"""Who may do what: one table of roles, one table of pages.

A page that is not in :data:`ENDPOINTS` is refused to everybody.
"""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What a page asks of whoever opens it."""

    PUBLIC = "public"  # nobody needs to sign in
    ACCOUNT = "account"  # any colleague, for their own account
    READ = "read"  # home page, campaigns, aggregated results, reports
    MANAGE = "manage"  # questionnaires and campaigns
    RESPONSES = "responses"  # nominative answers and open answers before review
    EXPORT = "export"  # data exports
    ACTIONS = "actions"  # funded actions and their bilan
    PEOPLE = "people"  # the directory of members and contacts
    DOSSIERS = "dossiers"  # dossiers, each role those that are its business
    FOLLOW = "follow"  # every dossier: bulk acts, exports, declarations, places, indicators
    SPACE = "space"  # an ambassador's own accompaniments and declarations
    ADMIN = "admin"  # colleagues and settings
    NOBODY = "nobody"  # brought by a library, of no use here


P = Permission

#: What each role may do. The keys are the names of the roles in the database.
ROLES: dict[str, frozenset[Permission]] = {
    "lecture": frozenset({P.ACCOUNT, P.READ}),
    "coordination": frozenset(
        {
            *(P.ACCOUNT, P.READ, P.MANAGE, P.RESPONSES, P.EXPORT, P.ACTIONS, P.PEOPLE),
            *(P.DOSSIERS, P.FOLLOW),
        },
    ),
    "referent": frozenset({P.ACCOUNT, P.DOSSIERS}),
    "partenaire": frozenset({P.ACCOUNT, P.DOSSIERS}),
    "ambassadeur": frozenset({P.ACCOUNT, P.SPACE}),
    "admin": frozenset(set(Permission) - {P.PUBLIC, P.SPACE, P.NOBODY}),
}

#: How the interface names the roles.
ROLE_LABELS: dict[str, str] = {
    "lecture": "Lecture (résultats et rapports)",
    "coordination": "Coordination (annuaire, collectes, réponses, dossiers, bilans)",
    "referent": "Référent ou référente de la mission 6 (candidatures)",
    "partenaire": "Partenaire (dossiers partagés avec l’accord des personnes)",
    "ambassadeur": "Ambassadeur ou ambassadrice (ses accompagnements)",
    "admin": "Administration (tout, avec les comptes et les réglages)",
}

#: What each page asks. Sorted by blueprint; the owner of a page adds it here.
ENDPOINTS: dict[str, Permission] = {
    "static": P.PUBLIC,
    # accounts
    "security.login": P.PUBLIC,
    "security.logout": P.PUBLIC,
    "security.forgot_password": P.PUBLIC,
    "security.reset_password": P.PUBLIC,
    "security.change_password": P.ACCOUNT,
    "security.verify": P.ACCOUNT,
    "security.two_factor_setup": P.ACCOUNT,
    "security.two_factor_setup_validate": P.ACCOUNT,
    "security.two_factor_token_validation": P.PUBLIC,
    "security.two_factor_rescue": P.NOBODY,
    "security.tf_select": P.NOBODY,
    "security.mf_recovery": P.PUBLIC,
    "security.mf_recovery_codes": P.ACCOUNT,
    "account.first": P.PUBLIC,
    "account.invitation": P.PUBLIC,
    "account.show": P.ACCOUNT,
    "account.home": P.ACCOUNT,
    "account.leave": P.ACCOUNT,
    "account.stay": P.ACCOUNT,
    "account.colleagues": P.ADMIN,
    "account.invite": P.ADMIN,
    "account.change": P.ADMIN,
    "ambassadors.access": P.FOLLOW,
    # what waits in the dossiers, the space of ambassadors, calendars
    "board.show": P.DOSSIERS,
    "board.fill": P.DOSSIERS,
    "board.note": P.DOSSIERS,
    "space.home": P.SPACE,
    "space.mandate": P.SPACE,
    "space.show": P.SPACE,
    "space.fill": P.SPACE,
    "space.note": P.SPACE,
    "space.event": P.SPACE,
    "space.move": P.SPACE,
    "space.write": P.SPACE,
    "feed.calendar": P.PUBLIC,
    "feed.show": P.ACCOUNT,
    "feed.change": P.ACCOUNT,
    # stylesheets, scripts, legal pages
    "assets.serve": P.PUBLIC,
    "assets.favicon": P.PUBLIC,
    "legal.privacy": P.PUBLIC,
    "legal.accessibility": P.PUBLIC,
    # answering
    "respond.home": P.PUBLIC,
    "respond.start": P.PUBLIC,
    "respond.restart": P.PUBLIC,
    "respond.page": P.PUBLIC,
    "respond.save": P.PUBLIC,
    "respond.review": P.PUBLIC,
    "respond.send": P.PUBLIC,
    "respond.condition": P.PUBLIC,
    "respond.thanks": P.PUBLIC,
    "respond.later": P.PUBLIC,
    "respond.send_link": P.PUBLIC,
    "respond.resume": P.PUBLIC,
    "respond.copy": P.PUBLIC,
    "respond.sent_copy": P.PUBLIC,
    "respond.edit": P.PUBLIC,
    "respond.try_campaign": P.MANAGE,
    "respond.end_trial": P.MANAGE,
    "respond.personal": P.PUBLIC,
    # declining invitations
    "unsubscribe.show": P.PUBLIC,
    "unsubscribe.act": P.PUBLIC,
    # forms, campaigns, responses
    "manage.home": P.READ,
    "manage.forms": P.READ,
    "manage.form": P.READ,
    "manage.preview": P.READ,
    "manage.publish": P.MANAGE,
    "manage.publish_all": P.MANAGE,
    "manage.campaigns": P.READ,
    "manage.new_campaign": P.MANAGE,
    "manage.campaign": P.READ,
    "manage.edit_campaign": P.MANAGE,
    "manage.move_campaign": P.MANAGE,
    "manage.delete_campaign": P.MANAGE,
    "manage.archives": P.READ,
    "manage.extend_campaign": P.MANAGE,
    "manage.duplicate_campaign": P.MANAGE,
    "manage.new_wave": P.MANAGE,
    "manage.share": P.READ,
    "manage.rename_campaign": P.MANAGE,
    "manage.poster": P.READ,
    "manage.flyer": P.READ,
    "manage.qr_code_svg": P.READ,
    "manage.qr_code_png": P.READ,
    "manage.dismiss": P.READ,
    "manage.mails": P.MANAGE,
    "manage.answer_mails": P.MANAGE,
    "manage.addresses": P.MANAGE,
    "manage.stop_writing": P.MANAGE,
    "manage.write_again": P.MANAGE,
    "manage.letter_texts": P.MANAGE,
    "manage.letter_text": P.MANAGE,
    "manage.save_letter": P.MANAGE,
    "manage.restore_letter": P.MANAGE,
    "manage.preview_letter": P.MANAGE,
    "manage.responses": P.RESPONSES,
    "manage.response": P.RESPONSES,
    "manage.settings": P.ADMIN,
    # journeys in service
    "journeys.index": P.MANAGE,
    "journeys.show": P.MANAGE,
    "journeys.start": P.MANAGE,
    "journeys.pause": P.MANAGE,
    "journeys.versions": P.FOLLOW,
    "journeys.take": P.FOLLOW,
    "journeys.new_dossier": P.FOLLOW,
    "journeys.begin": P.FOLLOW,
    "journeys.open_waiting": P.FOLLOW,
    "journeys.open_answer": P.FOLLOW,
    # live polls
    "room.entrance": P.PUBLIC,
    "room.phone": P.PUBLIC,
    "room.vote": P.PUBLIC,
    "room.state": P.PUBLIC,
    "polls.index": P.READ,
    "polls.open_meeting": P.MANAGE,
    "polls.screen": P.MANAGE,
    "polls.desk": P.MANAGE,
    "polls.state": P.MANAGE,
    "polls.act": P.MANAGE,
    "polls.word": P.MANAGE,
    "polls.finish": P.MANAGE,
    "polls.qr": P.MANAGE,
    # the rights of a person over their data
    "rights.index": P.RESPONSES,
    "rights.dossier": P.RESPONSES,
    "rights.delete": P.RESPONSES,
    # results
    "results.show": P.READ,
    "results.charts_left": P.READ,
    "results.chart": P.READ,
    "results.compare": P.READ,
    "results.download": P.READ,  # each download then asks for its own permission
    "results.verbatims": P.RESPONSES,
    "results.review": P.RESPONSES,
    "results.publish_all": P.RESPONSES,
    # invitations
    "invite.index": P.PEOPLE,
    "invite.choose": P.PEOPLE,
    "invite.send": P.PEOPLE,
    "invite.stop_person": P.PEOPLE,
    "invite.add_wave": P.PEOPLE,
    "invite.wave": P.PEOPLE,
    "invite.move_wave": P.PEOPLE,
    "invite.stop_wave": P.PEOPLE,
    "invite.phone": P.PEOPLE,
    "invite.called": P.PEOPLE,
    # the directory
    "people.index": P.PEOPLE,
    "people.export": P.PEOPLE,
    "people.new": P.PEOPLE,
    "people.show": P.PEOPLE,
    "people.edit": P.PEOPLE,
    "people.join": P.PEOPLE,
    "people.delete": P.PEOPLE,
    "people.duplicates": P.PEOPLE,
    "people.choose_merge": P.PEOPLE,
    "people.merge": P.PEOPLE,
    "people.upload": P.PEOPLE,
    "people.columns": P.PEOPLE,
    "people.change": P.PEOPLE,
    "people.decide": P.PEOPLE,
    "people.apply": P.PEOPLE,
    "people.discard": P.PEOPLE,
    "people.undo": P.PEOPLE,
    # places of exercise
    "places.index": P.FOLLOW,
    "places.new": P.FOLLOW,
    "places.edit": P.FOLLOW,
    "places.retire": P.FOLLOW,
    "places.crossing": P.FOLLOW,
    "places.contact": P.FOLLOW,
    "places.forget": P.FOLLOW,
    "places.report": P.FOLLOW,
    # files of a dossier (whether it is theirs is looked at for each), declarations
    "files.index": P.ACCOUNT,
    "files.download": P.ACCOUNT,
    "files.remove": P.ACCOUNT,
    "files.make_again": P.ACCOUNT,
    "declarations.index": P.FOLLOW,
    "declarations.show": P.FOLLOW,
    "declarations.validate": P.FOLLOW,
    "declarations.send_back": P.FOLLOW,
    "declarations.reopen": P.FOLLOW,
    "declarations.export": P.FOLLOW,
    # lists of dossiers
    "register.index": P.DOSSIERS,
    "register.search": P.DOSSIERS,
    "register.journey": P.DOSSIERS,
    "register.save_view": P.DOSSIERS,
    "register.delete_view": P.DOSSIERS,
    "register.export": P.FOLLOW,
    "register.act": P.FOLLOW,
    "register.perform": P.FOLLOW,
    # indicators of the programme, periodic meetings
    "programme.index": P.READ,
    "programme.show": P.READ,
    "programme.volumes": P.READ,
    "programme.volumes_file": P.FOLLOW,
    "programme.review": P.READ,
    "programme.target": P.FOLLOW,
    "programme.follow": P.FOLLOW,
    "meetings.index": P.READ,
    "meetings.figures": P.READ,
    "meetings.edit": P.FOLLOW,
    # funded actions and their bilan
    "actions.index": P.READ,
    "actions.new": P.ACTIONS,
    "actions.create": P.ACTIONS,
    "actions.show": P.READ,
    "actions.page": P.ACTIONS,
    "actions.save": P.ACTIONS,
    "actions.indicator": P.ACTIONS,
    "actions.save_indicator": P.ACTIONS,
    "actions.check": P.READ,
    "actions.issue": P.ACTIONS,
    "actions.pdf": P.READ,
    # the page of a dossier; whether it is theirs is looked at for each
    "dossiers.show": P.DOSSIERS,
    "dossiers.fill": P.DOSSIERS,
    "dossiers.note": P.DOSSIERS,
    "dossiers.move": P.DOSSIERS,
    "dossiers.event": P.DOSSIERS,
    "dossiers.facts": P.DOSSIERS,
    "dossiers.assign": P.FOLLOW,
    "dossiers.correct": P.FOLLOW,
    "dossiers.withdraw": P.FOLLOW,
    "dossiers.erase": P.FOLLOW,
    # health
    "health.alive": P.PUBLIC,
    "health.ready": P.PUBLIC,
    # tasks and documents
    "tasks.show": P.ACCOUNT,
    "tasks.retry": P.ACCOUNT,
    "tasks.dismiss": P.ACCOUNT,
    "documents.download": P.ACCOUNT,
}


def may(endpoint: str) -> bool:
    """Whether the person who is signed in may open the page ``endpoint``."""
    needed = ENDPOINTS.get(endpoint)
    return needed is not None and can(needed)


def can(permission: str) -> bool:
    """Whether the person who is signed in holds ``permission``."""
    from flask_login import current_user

    if permission == Permission.PUBLIC:
        return True
    if not current_user.is_authenticated:
        return False
    return permission in granted({role.name for role in current_user.roles})


def granted(roles: set[str]) -> frozenset[Permission]:
    """Everything that somebody with ``roles`` may do."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
