"""The page of a dossier, and every act on it."""

from surveyapp.web.dossiers import acts, corrections, keeping, show
from surveyapp.web.dossiers.blueprint import blueprint

__all__ = ["acts", "blueprint", "corrections", "keeping", "show"]
