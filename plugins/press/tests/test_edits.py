"""An edit while a build is under way: it is on the pages after the next build, at the latest. Fault F10."""

import json
import os
import subprocess
import sys

import pytest

from .pieces import SETTINGS

SITE = (
    SETTINGS
    + """
== plugins/own.py ==
import json
from pathlib import Path
import attrs
from pressframe import Asset, Page, hookimpl

SITE = Path(__file__).parents[1]
VOICE = "low"

def reach(stage):
    order = SITE / "order.json"
    if order.exists() and (edit := json.loads(order.read_text()))["stage"] == stage:
        order.unlink()
        for path, text in edit["files"].items():
            (SITE / path).write_text(text)

@attrs.frozen(eq=False)
class Own:
    @hookimpl
    def filter_entry(self, entry):
        reach("load")
        return attrs.evolve(entry, title=f"{entry.title} in a {VOICE} voice")

    @hookimpl
    def register_assets(self):
        yield Asset(address="/own.css", file=SITE / "brought.css")

    @hookimpl
    def register_pages(self, site):
        reach("plan")
        yield Page(address="/", template="list.html")
        yield Page(address="/voice.txt", template="voice.txt", data={"voice": VOICE})

    @hookimpl
    def register_filters(self):
        return {"rendered": lambda text: reach("render") or text}

== brought.css ==
a {}

== static/plain.txt ==
plain

== templates/list.html ==
{% include "part.html" %}{% for card in site.latest() %}{{ card.title }}, {% endfor %}{{ asset("/own.css") }}

== templates/voice.txt ==
{{ page.data.voice }}

== templates/post.html ==
{% include "part.html" %}{{ entry.title | rendered }} {{ entry.body.html | safe }}{% include "end.html" %}

== templates/part.html ==
<p>old part</p>

== templates/end.html ==
<p>old end</p>

== content/one.md ==
---
title: One
date: 2026-01-01
---
Old text.

![](one.png)

== content/one.png ==
old picture

== content/two.md ==
---
title: Two
date: 2026-01-02
---
Old text.
"""
)
EDITS = {
    "content/one.md": "---\ntitle: One anew\ndate: 2026-01-01\n---\nNew text.\n\n![](one.png)\n",
    "content/two.md": "---\ntitle: Two anew\ndate: 2026-01-02\n---\nNew text.\n",
    "content/three.md": "---\ntitle: Three\ndate: 2026-01-03\n---\nNew text.\n",
    "content/one.png": "new picture",
    "templates/part.html": "<p>new part</p>",
    "templates/end.html": "<p>new end</p>",
    "brought.css": "b {}",
    "static/plain.txt": "new plain",
    "static/more.txt": "more",
}
COMMAND = (sys.executable, "-c", "from pressframe.cli import main; main()")


@pytest.fixture
def blog(site):
    return site(SITE)


def order(blog, stage, files):
    """Have *files* written once the build has reached a stage."""
    blog.edit("order.json", json.dumps({"stage": stage, "files": files}))


def published(blog):
    return {path: text for path, text in blog.published().items() if path.startswith("public/")}


def clean(blog):
    """Return what a build makes that remembers nothing."""
    folder = blog.folder / "clean"
    blog.open().build(now=blog.clock.now, output=folder)
    return {f"public/{file.relative_to(folder)}": file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("stage", ["load", "plan", "render"])
@pytest.mark.parametrize("path", EDITS)
@pytest.mark.parametrize("is_first", [True, False], ids=["first build", "later build"])
def test_an_edit_during_a_build_is_published_by_the_next(blog, path, stage, is_first):
    if not is_first:
        blog.build()
        for name in ("one", "two"):
            blog.edit(f"content/{name}.md", blog.read(f"content/{name}.md").replace("Old", "Newer"))
        blog.edit("templates/list.html", blog.read("templates/list.html") + "again")
        blog.edit("plugins/own.py", blog.read("plugins/own.py") + "\n")
    order(blog, stage, {path: EDITS[path]})
    blog.build()
    assert not (blog.folder / "order.json").exists()

    blog.build()

    assert published(blog) == clean(blog)


@pytest.mark.parametrize("path", ["content/one.png", "brought.css", "static/plain.txt"])
def test_an_edit_during_a_build_that_is_taken_back_is_not_published_for_good(blog, path):
    before = blog.read(path)
    order(blog, "render", {path: EDITS[path]})
    blog.build()
    blog.edit(path, before)

    blog.build()

    assert published(blog) == clean(blog)


MANY = """
== templates/many.txt ==
{% if not page.data.first %}{{ "" | waits }}{% endif %}
{% include "part.html" %}
{% if page.data.first %}{{ "" | rendered }}{% endif %}

== plugins/own.py ==
{own}
    @hookimpl
    def register_pages(self, site):
        for number in range(150):
            yield Page(address=f"/{number}.txt", template="many.txt", data={"first": not number})

    @hookimpl
    def register_filters(self):
        return {"rendered": lambda text: reach("render") or text, "waits": waits}

def waits(text):
    while (SITE / "order.json").exists():
        pass
    return text
"""


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor renders in one process")
def test_a_template_that_is_edited_meanwhile_is_the_same_in_all_processes(site):
    own = SITE.partition("== plugins/own.py ==\n")[2].partition("    @hookimpl\n    def register_pages")[0]
    blog = site(SITE + MANY.replace("{own}", own))
    order(blog, "render", {"templates/part.html": EDITS["templates/part.html"]})

    subprocess.run([*COMMAND, "build", blog.folder, "--jobs", "2"], check=True, stdout=subprocess.DEVNULL)

    assert not (blog.folder / "order.json").exists()
    assert {blog.read(f"public/{number}.txt") for number in range(150)} == {"<p>old part</p>\n"}


@pytest.mark.parametrize("is_opened", [False, True], ids=["", "opened anew meanwhile"])
def test_a_plugin_that_is_edited_once_its_site_is_open_is_used_by_the_next_build(blog, is_opened):
    opened = blog.open()
    blog.edit("plugins/own.py", blog.read("plugins/own.py").replace("low", "high"))
    if is_opened:
        blog.open()
    opened.build(now=blog.clock.now)

    blog.build()

    assert published(blog) == clean(blog)
