"""Live polls: open a meeting, drive it, vote, and keep the votes as ordinary answers."""

from surveyapp.core.poll import PollRefusal
from surveyapp.services.polls.board import Board, Room, board_of, kept_board, room_of
from surveyapp.services.polls.meeting import (
    act,
    decide_word,
    finish,
    finish_forgotten,
    open_meeting,
)
from surveyapp.services.polls.votes import new_word, own_vote, vote

__all__ = [
    "Board",
    "PollRefusal",
    "Room",
    "act",
    "board_of",
    "decide_word",
    "finish",
    "finish_forgotten",
    "kept_board",
    "new_word",
    "open_meeting",
    "own_vote",
    "room_of",
    "vote",
]
