"""The register of places of exercise, and the « croisement » of a dossier with it."""

from surveyapp.web.places import crossing, listing
from surveyapp.web.places.blueprint import blueprint

__all__ = ["blueprint", "crossing", "listing"]
