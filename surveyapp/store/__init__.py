"""Queries. They read, they never commit."""

from surveyapp.store.structure import StructureInfo, structure

__all__ = ["StructureInfo", "structure"]
