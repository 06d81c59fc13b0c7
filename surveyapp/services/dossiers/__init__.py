"""Dossiers: what people do to them, and what the calendar does by itself."""
