"""Clean tables → small counted tables: ``count(data)`` gives ``Facts``, the last place that sees a row."""

from helpers.facts.core import Facts, count

__all__ = ["Facts", "count"]
