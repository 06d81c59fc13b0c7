"""Entry point of the web server: ``gunicorn wsgi:app``."""

import sys

from surveyapp import create_app
from surveyapp.config import ConfigError

try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"Erreur\u00a0: {error}")
