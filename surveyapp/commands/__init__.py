"""Subcommands of ``surveyapp``, one module per noun."""
