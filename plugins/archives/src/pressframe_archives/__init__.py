"""A site’s lists: home, pagination, terms, authors, years and months."""
