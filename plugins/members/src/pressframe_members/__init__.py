"""Members: sign-up by confirmed address, sign-in by mailed link or code, accounts, and what each may read.

Other plugins find what they need in ``pressframe_members.model``, ``.store`` and ``.hookspecs``.
"""

from pressframe_members._audiences import audience_name, known_audiences
from pressframe_members._plugin import Members

__all__ = ["Members", "audience_name", "known_audiences"]
