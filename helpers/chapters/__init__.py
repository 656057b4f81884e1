"""Chapters of the report: one file, one question."""
