"""What loads and renders is a Dask cluster. Hooks: find_executor."""

from __future__ import annotations

from concurrent.futures import Executor
from datetime import timedelta

import attrs
from attrs.validators import ge

from pressframe import hookimpl


@attrs.frozen(eq=False)
class Dask:
    """Builds on the workers of a Dask cluster, on this machine or on several.

    Attributes:
        scheduler: Where the cluster's scheduler listens: ``"tcp://10.0.0.5:8786"``. Without it each build starts
            workers of its own on this machine.
        workers: How many it starts then.
        patience: How long to wait for the scheduler, and for a first worker.
    """

    scheduler: str | None = None
    workers: int = attrs.field(default=2, validator=ge(1))
    patience: timedelta = timedelta(seconds=30)

    @hookimpl
    def find_executor(self) -> Executor:
        from pressframe_dask._cluster import Cluster

        return Cluster(self.scheduler, workers=self.workers, patience=self.patience)
