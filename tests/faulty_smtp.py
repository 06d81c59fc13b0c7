"""An SMTP server that breaks where it is told to, for tests of what the sender does then."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field
from typing import BinaryIO


@dataclass
class FaultySmtp:
    """Speaks SMTP until ``trouble``: ``drop`` cuts the line in the middle of DATA, ``hang``
    falls silent there, ``drop at 250`` takes the mail and cuts before saying so.

    Only the first ``times`` mails meet the trouble; ``received`` are those taken in full.
    """

    trouble: str
    times: int = 1
    received: list[bytes] = field(default_factory=list)

    def __enter__(self) -> FaultySmtp:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line, line.makefile("rwb") as wire:

            def say(text: str) -> None:
                wire.write(text.encode() + b"\r\n")
                wire.flush()

            say("220 essai")
            while command := wire.readline().decode().strip().upper():
                if command.startswith("EHLO"):
                    say("250-essai\r\n250 8BITMIME")
                elif command == "DATA":
                    say("354 go on")
                    if not self._take(wire):
                        return
                    say("250 taken")
                elif command == "QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 OK")

    def _take(self, wire: BinaryIO) -> bool:
        """Read a mail; ``False`` to cut the line."""
        broken, self.times = self.times > 0, self.times - 1
        if broken and self.trouble == "hang":
            threading.Event().wait(30)
            return False
        lines: list[bytes] = []
        while (line := wire.readline()) not in (b".\r\n", b""):
            lines.append(line)
            if broken and self.trouble == "drop" and len(lines) == 5:
                return False
        self.received.append(b"".join(lines))
        return not (broken and self.trouble == "drop at 250")
