"""Ask ClamAV whether a file holds something malicious, before it is kept.

The protocol is that of clamd (``INSTREAM``): the file goes through a socket, in chunks that each
say their length, and never lies on a disk that something could open.
"""

from __future__ import annotations

import logging
import socket
import struct

from surveyapp.services.dossiers.errors import DossierError

log = logging.getLogger(__name__)

#: Seconds that clamd has to answer.
PATIENCE = 20.0
_CHUNK = 64 * 1024
#: Its answer is one short line.
_ANSWER = 4096

INFECTED = (
    "L’antivirus a reconnu un programme malveillant dans ce fichier : il n’a pas été gardé. "
    "Prévenez la personne qui vous l’a envoyé."
)
SILENT = (
    "L’antivirus ne répond pas, et aucun fichier n’est gardé sans lui : réessayez dans quelques "
    "minutes."
)


def check(data: bytes, address: str, *, patience: float = PATIENCE) -> None:
    """Let the clamd at ``address`` (« machine:3310 », a socket's path) read ``data``.

    :raises DossierError: it found something, or it does not answer.
    """
    try:
        with _connect(address, patience) as connection:
            answer = _ask(connection, data)
    except OSError as error:
        log.warning("clamd at %s: %s", address, error)
        raise DossierError(SILENT) from error
    if answer.endswith("FOUND"):
        log.warning("clamd: %s", answer)
        raise DossierError(INFECTED)
    if not answer.endswith("OK"):
        log.warning("clamd at %s: %r", address, answer)
        raise DossierError(SILENT)


def _connect(address: str, patience: float) -> socket.socket:
    if not address.startswith("/"):
        host, _, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), patience)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(patience)
    try:
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def _ask(connection: socket.socket, data: bytes) -> str:
    connection.sendall(b"zINSTREAM\0")
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        connection.sendall(struct.pack("!I", len(chunk)) + chunk)
    connection.sendall(struct.pack("!I", 0))
    answer = b""
    while b"\0" not in answer and len(answer) < _ANSWER:
        received = connection.recv(_ANSWER)
        if not received:
            break
        answer += received
    return answer.split(b"\0")[0].decode("ascii", "replace").strip()
