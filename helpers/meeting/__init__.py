"""The weekly meeting beside its chapter: the page on disk, and the decisions back into the client's tables."""
