"""Indicators of the programme, periodic meetings and their documents."""
