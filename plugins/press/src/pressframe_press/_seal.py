"""Digests that tell whether anything has changed since the last build."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pressframe
from pressframe.files import digest_of, stamp
from pressframe_press._memory import FORMAT, Past

if TYPE_CHECKING:
    from pressframe import Site

_CORE = Path(pressframe.__file__).parent

DRAFTS = "the wish for drafts"


def epoch_of(site: Site, *, drafts: bool) -> str:
    """Return what changes when everything must be made anew: JSON of a digest for each thing that can be the cause."""
    plugins = [plugin for plugin, _ in site.plugins.values()]
    kinds = [plugin.kind for plugin in plugins if not plugin.code]
    tops = {sys.modules[kind.__module__.partition(".")[0]] for kind in kinds}
    ours = (Path(__file__).with_name("__init__.py"), _CORE / "__init__.py")
    files = {*ours, *(Path(top.__file__) for top in tops if top.__file__)}
    codes = [*(plugin.code for plugin in plugins), *(one for file in sorted(files) for one in _code(file))]
    locales = [folder for _, folder in site.hooks.all("register_translations")]
    causes: dict[str, Iterable[str]] = {
        "the settings": [site.fingerprint],
        DRAFTS: [str(drafts)],
        "the site's place": [str(site.folder)],
        "the code of pressframe or a plugin": [FORMAT, *codes],
        "installed versions": [sys.version, *installed()],
        "translations": [
            one for folder in (_CORE / "locale", *locales, site.folder / "locale") for one in _stamps(folder)
        ],
    }
    return json.dumps({cause: digest_of("\n".join(texts)) for cause, texts in causes.items()})


def is_with_drafts(epoch: str) -> bool:
    """Say whether drafts were wanted in an epoch."""
    return bool(json.loads(epoch)[DRAFTS] == digest_of(str(True)))


def installed() -> Iterator[str]:
    """Yield name and version of every distribution: what plugins are built on may change what they make."""
    for folder in sys.path:
        if os.path.isdir(folder):  # noqa: PTH112 - in a fifth of a Path's time, as much of a build that does nothing
            yield from sorted(name for name in os.listdir(folder) if name.endswith(".dist-info"))  # noqa: PTH208


def _code(file: Path) -> Iterator[str]:
    """Yield the stamp of each module of a package; of a plugin's single file, often edited, its text: a stamp ages."""
    if file.name != "__init__.py":
        yield file.read_text("utf-8", "surrogateescape")
    else:
        yield from (one for one in _stamps(file.parent) if ".py " in one)


def _stamps(folder: Path) -> Iterator[str]:
    """Yield path and stamp of every file below *folder*, in the order of their paths."""
    for inside, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if one != "__pycache__")
        for name in sorted(files):
            file = os.path.join(inside, name)  # noqa: PTH118 - the same
            yield f"{file} {stamp(file)}"


def why_anew(past: Past, epoch: str, version: str, now: str) -> str:
    """Return why everything is made anew, what is remembered being of no use."""
    from pressframe_press._words import several

    before = json.loads(past.fact("epoch") or "{}")
    causes = [cause for cause, digest in json.loads(epoch).items() if before.get(cause) != digest]
    if not past:
        why = "as no build is remembered"
    elif causes:
        why = f"after a change of {several(causes)}"
    elif not version:
        why = "as the output is not as the last build left it"
    else:
        why = "as the clock was set back" if past.fact("now") > now else "to tidy up what is remembered"
    return f"everything is made anew, {why}"


def seal_of(site: Site, epoch: str, listing: str, comments: Sequence[str]) -> str:
    """Return what changes when a source, a comment, a template or a file of the site does."""
    folders = [
        site.folder / "templates",
        site.folder / "static",
        *(one for _, one in site.hooks.all("register_templates")),
    ]
    assets = [asset for _, asset in site.hooks.all("register_assets")]
    return digest_of(
        "\n".join([
            epoch, listing, *comments, *(f"{asset.address} {asset.file}" for asset in assets),
            *(one for folder in folders for one in _stamps(folder)),
        ])
    )  # fmt: skip


def is_fresh(past: Past, seal: str, now: str) -> bool:
    """Say whether what is remembered is of a site that nothing has changed in since."""
    until, then = past.fact("until"), past.fact("now")
    is_due = past.fact("failed") or (until and until <= now)
    return past.fact("seal") == seal and then <= now and not is_due and are_files_as_before(past)


def are_files_as_before(past: Past) -> bool:
    """Say whether every file that is published as it is has stayed the same."""
    try:
        return all(stamp(one.path) == one.stamp for one in past.copied.all().values())
    except OSError:
        return False
