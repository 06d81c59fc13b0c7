"""Mail: written to the outbox with its cause, sent later by the worker.

A mail is sent at least once; its ``Message-ID`` never changes, so that a second copy (a
crash between the server's « 250 » and our note of it) is recognised as the same mail.
"""

from surveyapp.mail.connection import TimedConnection, init_mail
from surveyapp.mail.mime import to_mime
from surveyapp.mail.outbox import compose, plain, post, stuck
from surveyapp.mail.queue import BACKOFF, MAX_ATTEMPTS, begin, claim
from surveyapp.mail.sending import send_due

__all__ = [
    "BACKOFF",
    "MAX_ATTEMPTS",
    "TimedConnection",
    "begin",
    "claim",
    "compose",
    "init_mail",
    "plain",
    "post",
    "send_due",
    "stuck",
    "to_mime",
]
