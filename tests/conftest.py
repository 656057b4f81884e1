"""Puts this folder on the import path: ``from needs import needs``, ``from demo_report import demo_report``."""
