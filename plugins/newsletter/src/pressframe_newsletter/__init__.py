"""Posts and weekly digests as mail to members, sent once to each, whatever happens meanwhile."""

from pressframe_newsletter._plugin import Newsletters
from pressframe_newsletter._settings import Newsletter

__all__ = ["Newsletter", "Newsletters"]
