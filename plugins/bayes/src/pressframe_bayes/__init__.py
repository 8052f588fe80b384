"""A local spam filter that learns from the site's owner, and says which words decided."""

from pressframe_bayes._plugin import Bayes

__all__ = ["Bayes"]
