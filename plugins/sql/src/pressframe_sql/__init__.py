"""A site’s database: SQLite by default, with migrations and stores."""

from pressframe_sql._database import Database
from pressframe_sql._plugin import Sql, database, erase_personal_data, find_personal_data
from pressframe_sql._worker import Worker
from pressframe_sql.model import Job, PersonalData

__all__ = ["Database", "Job", "PersonalData", "Sql", "Worker", "database", "erase_personal_data", "find_personal_data"]
