"""A WordPress export file read as a site’s content, comments included."""
