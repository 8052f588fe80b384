"""The audience that this plugin gives."""

SUBSCRIBERS = "subscribers"
"""The audience of everyone who confirmed an address."""
