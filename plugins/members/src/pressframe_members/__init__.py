"""Subscribers: gates, sign-up by confirmed address, sign-in by mailed link."""
