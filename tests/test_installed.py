"""Installed distributions: what is read of them is what ``importlib.metadata`` tells, always as it is now."""

import os
import sys
import zipfile
from importlib import metadata

import pytest

from pressframe._installed import Point, entry_points

PLUGIN = """
import attrs
from pressframe import hookimpl

@attrs.frozen(eq=False)
class Plugin:
    @hookimpl
    def find_markup(self): ...
"""


def told(group):
    return sorted((one.name, one.value, str(one)) for one in entry_points(group) if isinstance(one, Point))


@pytest.mark.parametrize("group", ["pressframe", "pressframe.press", "console_scripts", "pytest11", "nothing.such"])
def test_what_is_announced_is_what_the_standard_library_tells(group):
    known = metadata.entry_points(group=group)

    assert told(group) == sorted((one.name, one.value, f"{one.dist.name} {one.dist.version}") for one in known)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Return a function that writes a distribution's entry points into a folder, the first on the path."""

    def install(version="1.5", *, text="[pressframe]\nnight = night:Plugin\n", folder="one", name="press_night"):
        info = tmp_path / folder / f"{name}-{version}.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: press-night\nVersion: {version}\n")
        if text is not None:
            (info / "entry_points.txt").write_text(text)
        if str(info.parent) not in sys.path:
            monkeypatch.syspath_prepend(info.parent)
        return info

    return install


def test_an_upgrade_is_seen_by_who_asked_before(installed):
    before = installed()
    assert ("night", "night:Plugin", "press-night 1.5") in told("pressframe")

    before.rename(before.with_name("gone"))
    installed("1.6", text="[pressframe]\nnight = dusk:Plugin\n")

    assert [one for one in told("pressframe") if one[0] == "night"] == [("night", "dusk:Plugin", "press-night 1.6")]


def test_entry_points_edited_with_the_same_size_and_time_are_seen(installed):
    file = installed() / "entry_points.txt"
    before = file.stat()
    assert ("night", "night:Plugin", "press-night 1.5") in told("pressframe")

    file.write_text(file.read_text().replace("night:Plugin", "dawny:Plugin"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert ("night", "dawny:Plugin", "press-night 1.5") in told("pressframe")


@pytest.mark.parametrize("text", [None, "[other]\nnight = night:Plugin\n"])
def test_of_two_installed_under_one_name_the_first_on_the_path_counts(installed, text):
    installed("1.5", folder="later")
    installed("2.0", folder="sooner", name="Press.Night", text=text)

    assert "night" not in [name for name, _, _ in told("pressframe")]


def test_comments_extras_and_other_groups_are_no_entry_points_here(installed):
    own = "[pressframe]\n# night = no:No\nnight=night : Plugin [extra]\n"
    installed(text=f"[a]\nx = y:Z\n\n{own}\n[pressframe.press]\nq = r\n")

    assert [one for one in told("pressframe") if "extra" in one[1] or one[0] in ("x", "q", "# night")] == [
        ("night", "night : Plugin [extra]", "press-night 1.5")
    ]


def test_a_plugin_in_an_archive_is_found_too(bare, tmp_path, monkeypatch):
    archive = tmp_path / "night.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("night_in_archive.py", PLUGIN)
        file.writestr("press_night-1.5.dist-info/METADATA", "Metadata-Version: 2.1\nName: press-night\nVersion: 1.5\n")
        file.writestr("press_night-1.5.dist-info/entry_points.txt", "[pressframe]\nnight = night_in_archive:Plugin\n")
    monkeypatch.syspath_prepend(archive)
    bare.plugins = ["night"]

    plugin, _ = bare.open().plugins["night"]

    assert (str(plugin.origin), plugin.kind.__module__) == ("press-night 1.5", "night_in_archive")


def test_what_only_another_finder_of_distributions_knows_is_found(installed, monkeypatch):
    class Finder(metadata.DistributionFinder):
        def find_spec(self, name, path=None, target=None):
            return None

        def find_distributions(self, context=None):
            return [metadata.Distribution.at(info)]

    info = installed()
    monkeypatch.setattr(sys, "path", [one for one in sys.path if one != str(info.parent)])
    assert "night" not in [name for name, _, _ in told("pressframe")]

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])

    assert ("night", "night:Plugin", "press-night 1.5") in told("pressframe")


def test_a_folder_on_the_path_that_is_not_there_or_cannot_be_read_keeps_nobody_from_the_others(installed, monkeypatch):
    installed()
    monkeypatch.setattr(sys, "path", ["/no/such/folder", "", *sys.path])

    assert ("night", "night:Plugin", "press-night 1.5") in told("pressframe")
