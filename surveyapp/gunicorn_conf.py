"""How gunicorn serves the site. Read by gunicorn itself (``surveyapp run`` starts it)."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from surveyapp.config import Config

_config = Config.from_environment(os.environ)
_inline = _config.worker == "inline"

#: Set by ``surveyapp run``: the socket that it opened, and a pipe that closes when it dies.
SOCKET = os.environ.get("_SURVEYAPP_SOCKET", "")
LIFELINE = os.environ.get("_SURVEYAPP_LIFELINE", "")

bind = f"fd://{SOCKET}" if SOCKET else _config.bind
worker_class = "gthread"
workers = 1 if _inline else _config.web_workers
threads = max(8, _config.web_threads) if _inline else _config.web_threads
preload_app = True
timeout = 60
graceful_timeout = 15
keepalive = 5
#: No access log: the address of who answers an anonymous questionnaire is written nowhere.
accesslog = None
errorlog = "-"
#: Its warnings of malformed requests name the address that sent them: nothing below an error.
loglevel = "error"
control_socket_disable = True
proc_name = "surveyapp"
if Path("/dev/shm").is_dir():  # noqa: S108 - memory, not a predictable file
    worker_tmp_dir = "/dev/shm"  # noqa: S108


def on_starting(_server: Any) -> None:
    """Share what was loaded between the processes: the collector no longer touches it."""
    if LIFELINE:
        threading.Thread(target=_die_with_parent, daemon=True).start()
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Each process opens connections of its own; a small installation works here too."""
    from surveyapp.models import db

    # Whoever holds the right to write must not wait 5 ms for the interpreter at each step.
    sys.setswitchinterval(0.001)
    app = worker.wsgi
    with app.app_context():
        db.engine.dispose(close=False)
    if _inline:
        from surveyapp.worker import Worker

        worker.surveyapp_worker = Worker(app)
        worker.surveyapp_worker.start()


def worker_exit(_server: Any, worker: Any) -> None:
    background = getattr(worker, "surveyapp_worker", None)
    if background is not None:
        background.stop()


def _die_with_parent() -> None:
    os.read(int(LIFELINE), 1)  # returns when the other end is closed
    os.kill(os.getpid(), signal.SIGTERM)
