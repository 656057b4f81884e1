"""What every notebook needs, loaded once: the process that imports this is forked for each of them.

Imported by the fork server only (workers.py). Nothing here may leave a thread behind: a fork copies the thread that
forks and no other, with whatever locks the others held. ``THREADS`` is looked at before a fork is used.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path

# The modules of a run; those that are imported where they are used would be loaded anew for each client.
import babel.dates
import babel.numbers
import duckdb
import holidays.countries
import ibis.backends.duckdb
import ibis.backends.sql.compilers
import matplotlib
import nbclient
import numpy
import pandas
import papermill
import pyarrow.dataset
import python_calamine
import rapidfuzz.process
import scipy.optimize
import scipy.special
import scipy.stats
import sqlglot.transforms

import helpers.batch.engine
import helpers.batch.scrub
import helpers.chapters
import helpers.report.html
import helpers.sources.loading
from helpers.report import theme

_LOADED = (
    babel, duckdb, holidays, ibis, matplotlib, nbclient, numpy, pandas, papermill, pyarrow, python_calamine, rapidfuzz,
    scipy, sqlglot, helpers,
)  # fmt: skip


def _threads() -> int:
    tasks = Path("/proc/self/task")
    return sum(1 for _ in tasks.iterdir()) if tasks.is_dir() else 1


def _draw_once() -> None:
    """One figure, thrown away: the fonts are found, the style is read."""
    fig, ax = theme.figure(height=2.0)
    ax.bar(["a"], [1.0])
    theme.picture(fig, name="warm", alt="warm")


def _load_public() -> None:
    """The names a notebook calls load their modules when first asked for; asked here, they are there."""
    for name in helpers.__all__:
        getattr(helpers, name)


_load_public()
_draw_once()
# Tables after counting are small: texts of Python's own are looked at twice as fast there as those of Arrow.
pandas.options.mode.string_storage = "python"
# What is loaded stays: looked through for garbage by each fork, it would be copied by each as well. What a notebook
# makes is short-lived, much of it at once (statements are trees of small objects).
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 100)
# The connection that DuckDB opens when it is imported has a thread for each core.
duckdb.execute("SET threads = 1")
THREADS = _threads()
PROCESS = os.getpid()
