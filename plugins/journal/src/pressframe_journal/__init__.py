"""A theme for blogs, in French and English, light and dark."""
