"""What the server shows to strangers, for work that is done while it serves."""

from __future__ import annotations

import attrs

from pressframe.model import Live


@attrs.define
class Served:
    """The site as strangers see it at the newest release; None where nothing is served."""

    site: Live | None = None

    def is_gated(self, entry: str, *, noted: bool) -> bool:
        """Tell whether strangers may not read *entry* now, be it because it is there no more; else what was *noted*."""
        if self.site is None:
            return noted
        card = self.site.card(entry)
        return card is None or card.gated
