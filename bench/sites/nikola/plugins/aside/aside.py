"""The list of categories beside every page, counted once a build; and one feed, not one for each tag and category."""

from __future__ import annotations

import blinker
from nikola.nikola import Nikola
from nikola.plugin_categories import SignalHandler


class Aside(SignalHandler):
    """Gives every template `counted_categories`: name, address, number of posts."""

    name = "aside"

    def set_site(self, site: Nikola) -> None:
        super().set_site(site)
        blinker.signal("taxonomies_classified").connect(self._prepare)

    def _prepare(self, site: Nikola) -> None:
        for kind in ("tag", "category"):
            site.taxonomy_plugins[kind].always_disable_atom = True
        posts = site.posts_per_classification["category"]["fr"]
        site.GLOBAL_CONTEXT["counted_categories"] = [
            (name, site.link("category", name, "fr"), len(posts[name])) for name in sorted(posts)
        ]
