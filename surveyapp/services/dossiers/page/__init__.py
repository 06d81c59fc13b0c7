"""What the page of a dossier says: what to do now, what was answered, what happened."""
