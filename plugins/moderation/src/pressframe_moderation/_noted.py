"""What one process knows of the mail that is planned, so that a flood of comments writes nothing about it."""

from datetime import datetime

import attrs


@attrs.define
class Noted:
    """Until when comments are in a mail that is planned, and how many are noted for it."""

    planned: datetime | None = None
    comments: int = 0
