"""The directory: cards, imports, merges, exports."""
