"""Pure rules of the field: no Flask, no database, no form library, no plotting."""
