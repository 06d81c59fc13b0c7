"""Readers of the values of settings. They raise :class:`ValueError` on what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

Parser = Callable[[str], object]


def integer(low: int, high: int) -> Parser:
    def parse(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return parse


def one_of(*choices: str) -> Parser:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    return parse


def text(text: str) -> str:
    return text


def secret(text: str) -> str:
    if text and len(text) < 32:
        raise ValueError("too short")
    return text


def password(text: str) -> str:
    if text and len(text) < 8:
        raise ValueError("too short")
    return text


def folder(text: str) -> Path:
    return Path(text).expanduser().resolve()


def folder_text(text: str) -> str:
    return str(folder(text)) if text else ""


def bind(text: str) -> str:
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+):(\d{1,5})", text)
    if not match or not 0 < int(match[2]) < 65536:
        raise ValueError(text)
    return text


def web_address(text: str) -> str:
    parts = urlsplit(text)
    extra = parts.query or parts.fragment or parts.path.strip("/")
    if parts.scheme not in {"http", "https"} or not parts.hostname or extra:
        raise ValueError(text)
    return text.rstrip("/")


def database(text: str) -> str:
    if text.startswith("postgresql://"):
        return text.replace("postgresql://", "postgresql+psycopg://", 1)
    if not re.match(r"(sqlite:///.|postgresql\+psycopg://.)", text):
        raise ValueError(text)
    return text


def redis(text: str) -> str:
    if text and not re.match(r"rediss?://.", text):
        raise ValueError(text)
    return text


def scanner(text: str) -> str:
    return text if not text or text.startswith("/") else bind(text)


def mail_address(text: str) -> str:
    if not re.fullmatch(r"(?:[^<>@\r\n]*<[^<>\s@]+@[^<>\s@]+>|[^<>\s@]+@[^<>\s@]+)", text):
        raise ValueError(text)
    return text
