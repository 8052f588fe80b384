"""Ways past a gate: some posts a month, gift links, previews of drafts."""

from pressframe_passes._plugin import Passes

__all__ = ["Passes"]
