"""Many clients at once: a failure of one does not stop the rest, and an interrupted batch leaves nothing half-made.

A job runs in a thread that waits for its worker process, or on another machine (cluster.py); both are executors of the
standard library's kind, so there is one way of running.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from helpers.batch.job import Job, Result, run_job
from helpers.errors import ParameterError, Problem

LOOK = 0.2
"""Seconds between two looks at whether somebody has pressed Ctrl-C."""


class Show(Protocol):
    """Who is told how the batch goes; calls come from many threads."""

    def started(self, job: Job) -> None:
        """A worker has begun with the client."""

    def waiting(self, job: Job) -> None:
        """Another run has this client in hand."""

    def cell(self, job: Job, lang: str, cell: int, cells: int, section: str) -> None:
        """A cell of its notebook has begun."""

    def finished(self, result: Result) -> None:
        """The client is done, well or not."""

    def stopping(self, running: int, now: bool) -> None:
        """Ctrl-C was pressed; ``now``: for the second time."""


def default_workers(jobs: int) -> int:
    """As many as there are cores, and no more than jobs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, jobs))


def run_jobs(jobs: Sequence[Job], show: Show, *, workers: int = 0, cluster: str = "") -> tuple[Result, ...]:
    """Run every job, in any order; the results are in the order of the jobs.

    Ctrl-C lets the running ones finish, pressed again it stops them; the rest is not begun. ``workers`` 0: one a core.
    ``cluster``: address of a scheduler of dask.distributed whose workers see the same folders.

    Raises:
        ParameterError: two clients would write the same report; nothing has run.
    """
    refuse_same_slug(jobs)
    jobs = with_peers(jobs)
    if cluster:
        from helpers.batch.cluster import cluster_executor

        with cluster_executor(cluster) as executor:
            return _run(jobs, executor, run_job, show, threading.Event())
    stop = threading.Event()
    with ThreadPoolExecutor(workers or default_workers(len(jobs)), thread_name_prefix="audit") as pool:
        return _run(jobs, pool, partial(_told, show=show, stop=stop), show, stop)


def _told(job: Job, show: Show, stop: threading.Event) -> Result:
    show.started(job)
    return run_job(job, partial(show.cell, job), partial(show.waiting, job), stop)


def _run(jobs: Sequence[Job], executor: Executor, run: Any, show: Show, stop: threading.Event) -> tuple[Result, ...]:
    futures: list[Future[Result]] = [executor.submit(run, job) for job in jobs]
    left = set(range(len(jobs)))
    results: dict[int, Result] = {}
    pressed = 0
    while left:
        try:
            wait([futures[number] for number in left], timeout=LOOK, return_when="FIRST_COMPLETED")
            for number in sorted(number for number in left if futures[number].done()):
                results[number] = _result(jobs[number], futures[number])
                left.discard(number)
                show.finished(results[number])
        except KeyboardInterrupt:
            pressed += 1
            for number in left:
                futures[number].cancel()
            if pressed > 1:
                stop.set()
            show.stopping(sum(not futures[number].cancelled() for number in left), pressed > 1)
    return tuple(results[number] for number in range(len(jobs)))


def _result(job: Job, future: Future[Result]) -> Result:
    from helpers.batch.job import failed

    try:
        return future.result()
    except CancelledError:
        return Result(job, "stopped")
    except Exception as error:  # a machine of the cluster is gone, and no other took the job
        return failed(job, error)


def with_peers(jobs: Sequence[Job]) -> tuple[Job, ...]:
    """The jobs with the ledger as it stands now: a report must not depend on who of the batch is ready first."""
    from helpers.portfolio.peers import peers_in

    found = {out: peers_in(out) for out in {job.out for job in jobs}}
    return tuple(replace(job, peers=found[job.out]) for job in jobs)


def refuse_same_slug(jobs: Sequence[Job]) -> None:
    """Two folders must not write into one.

    Raises:
        ParameterError: they would.
    """
    seen: dict[tuple[str, str], Job] = {}
    problems = []
    for job in jobs:
        first = seen.setdefault((job.slug, job.period), job)
        if first is not job:
            what = f"{first.folder} and {job.folder} would both be {job.slug!r} in the reports"
            problems.append(Problem(what, "rename one of the folders"))
    if problems:
        raise ParameterError(problems)
