"""Invitations: whom to ask, the personal links, the reminders, who has answered.

Anonymity rests on what is not written here: see ``docs/anonymat.md``.
"""
