"""Clean tables → small counted tables: ``count(data)`` gives ``Facts``, the last place that sees a row."""

from helpers.facts.core import ANSWER_EDGES, Facts, count

__all__ = ["ANSWER_EDGES", "Facts", "count"]
