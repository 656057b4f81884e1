"""The same jobs on other machines: an executor of dask.distributed (extra ``cluster``).

The client's folders and the reports lie on storage that all workers see under the same paths. A job whose machine dies
is run again elsewhere; a worker takes as many jobs at once as it has threads. Workers that a nanny starts as daemons
may not fork: ``dask worker --no-nanny`` lets them use the warm way of running (workers.py), else they take kernels.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from helpers.errors import RunError

PATIENCE = 15
"""Seconds to wait for the scheduler."""
RETRIES = 2


@contextmanager
def cluster_executor(address: str) -> Iterator[Executor]:
    """Where jobs are submitted to the workers of the scheduler at ``address``, as ``tcp://host:8786``.

    Raises:
        RunError: dask.distributed is not installed, there is no scheduler, or it has no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise RunError("--cluster needs dask.distributed - install the extra: uv sync --extra cluster") from None
    # A lost connection is told once, by us.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise RunError(f"no scheduler at {address}: {' '.join(str(error).split())[:200]}") from error
    with client:
        if not client.scheduler_info()["workers"]:
            raise RunError(f"the scheduler at {address} has no workers - start them with `dask worker {address}`")
        yield client.get_executor(pure=False, retries=RETRIES)  # type: ignore[no-untyped-call]
