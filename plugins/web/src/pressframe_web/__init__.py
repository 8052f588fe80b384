"""The live server: a site’s built pages from memory, routes, jobs and mail."""
