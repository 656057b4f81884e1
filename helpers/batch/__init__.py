"""Notebooks over clients: parameters, execution, publishing of report folders."""
