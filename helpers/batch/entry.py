"""The papermill engine "in-process": ``papermill --engine in-process in.ipynb out.ipynb``.

papermill loads this module by its entry point at the end of its own import, so it imports nothing that imports
papermill in turn; import papermill first.
"""

from __future__ import annotations

from typing import Any

from papermill.engines import Engine

NAME = "in-process"


class InProcessEngine(Engine):  # type: ignore[misc]
    """Runs the cells of a notebook in this process (engine.py)."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Execute ``nb_man.nb`` in place. ``on_cell_start`` is told of each cell, as nbclient tells it."""
        hooks = {name: value for name, value in options.items() if name.startswith("on_") and value is not None}
        if "on_notebook_start" in hooks:
            hooks["on_notebook_start"](notebook=nb_man.nb)
        from helpers.batch.engine import InProcessNotebookClient

        InProcessNotebookClient(nb_man, kernel_name=kernel_name, record_timing=False, **hooks).execute()
