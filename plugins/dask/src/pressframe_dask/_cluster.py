"""An executor that is connected to a cluster for as long as a build uses it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from datetime import timedelta
from typing import ParamSpec, TypeVar

from distributed import Client, LocalCluster

from pressframe.errors import BuildError, Place

Given = ParamSpec("Given")
Result = TypeVar("Result")

_PLACE = Place("pressframe.toml", key="plugins.dask.scheduler")


class Cluster(Executor):
    """Submits to the workers of *scheduler*; without one, to some that are started on this machine when it is entered.

    Args:
        patience: How long to wait for the scheduler, and for a first worker.
    """

    def __init__(self, scheduler: str | None, *, workers: int, patience: timedelta) -> None:
        self._scheduler, self._workers, self._patience = scheduler, workers, patience.total_seconds()
        self._closing = contextlib.ExitStack()

    def __enter__(self) -> Cluster:
        """Connect.

        Raises:
            BuildError: No scheduler answers, or it has no workers.
        """
        with self._closing:
            self._closing.enter_context(_quiet())
            client = self._join(self._scheduler) if self._scheduler else self._start()
            # Not pure: the same batch of another build must be done anew.
            self._executor: Executor = client.get_executor(pure=False, retries=0)
            self._closing = self._closing.pop_all()
        return self

    def _start(self) -> Client:
        cluster: LocalCluster = LocalCluster(
            n_workers=self._workers, threads_per_worker=1, processes=True, silence_logs=logging.ERROR,
            dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False},  # takes a port anyway: a free one
        )  # fmt: skip
        self._closing.enter_context(cluster)
        client: Client = Client(cluster, set_as_default=False)
        self._closing.enter_context(client)
        return client

    def _join(self, scheduler: str) -> Client:
        try:
            client: Client = Client(scheduler, timeout=self._patience, set_as_default=False)
        except (OSError, ValueError) as error:
            fix = "start one there (dask scheduler), or leave the setting out to build on this machine alone"
            raise BuildError(f"no scheduler answers at {scheduler}: {error}", at=_PLACE, fix=fix) from error
        self._closing.enter_context(client)
        try:
            client.wait_for_workers(1, timeout=self._patience)
        except TimeoutError as error:
            fix = f"start some: dask worker {scheduler}"
            raise BuildError(f"no worker has joined {scheduler}", at=_PLACE, fix=fix) from error
        return client

    def submit(self, fn: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs) -> Future[Result]:
        """Have a function called by a worker."""
        return self._executor.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of the cluster; end the workers that were started for it."""
        self._closing.close()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what this side of the connection logs: what ends a build is told as its error."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    before = [one.level for one in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
