"""The report: a model of plain data, the pictures in it, and the documents made from it."""
