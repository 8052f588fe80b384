"""Measures pressframe against other site generators, and its server against the bare one: ``python -m bench``."""
