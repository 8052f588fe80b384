"""A site’s database: SQLite by default, with migrations and stores."""
