"""The directory of members and contacts, as pure rules: cards, files, duplicates, merging."""
