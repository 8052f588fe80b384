"""Builds sites on a Dask cluster: several machines, one build."""

from pressframe_dask._plugin import Dask

__all__ = ["Dask"]
