"""Journeys: the paths of dossiers, as data, and the pure rules that run them."""
