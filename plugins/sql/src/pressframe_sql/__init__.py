"""A site’s database: SQLite by default, with migrations and stores."""

from pressframe_sql._database import Database
from pressframe_sql._plugin import Sql, database
from pressframe_sql._worker import Worker
from pressframe_sql.model import Job

__all__ = ["Database", "Job", "Sql", "Worker", "database"]
