"""Who may import whom, beyond what import-linter can say; and what an import may cost."""

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import pressframe

PUBLIC_MODULES = (
    "pressframe.cli", "pressframe.errors", "pressframe.files", "pressframe.hookspecs", "pressframe.model",
    "pressframe.press", "pressframe.templates",
)  # fmt: skip
SHARED_PLUGINS = {
    "pressframe_admin", "pressframe_comments", "pressframe_gates", "pressframe_members", "pressframe_sql",
    "pressframe_web",
}  # fmt: skip
# Loaded by the hook that needs them: a build with nothing to do, or --help, needs none.
HEAVY = [
    "PIL", "alembic", "altcha", "argon2", "babel", "brotli", "css_inline", "dask", "defusedxml", "distributed",
    "email_validator", "httpcore2", "itsdangerous", "jinja2", "markdown_it", "nh3", "pygments", "pyromark",
    "selectolax", "sqlalchemy", "sqlite3", "uvicorn", "watchfiles",
    "yaml", "yaml_rs",
]  # fmt: skip
CIRCLE = ["pressframe_sql", "pressframe_web"]
"""The packages that may import one another; of all others import-linter sees that none leads back to itself."""
# What is whole already can't be in the way of an import: each has only what it could meet half made to meet again.
IMPORT_EACH = """
import importlib, json, sys
light, alone, heavy, circle = json.load(sys.stdin)
loaded, broken = {}, {}
for name in [*light, *alone]:
    top = name.partition(".")[0]
    around = circle if top in circle else [top]
    for known in [known for known in sys.modules if known.partition(".")[0] in around]:
        del sys.modules[known]
    before = set(sys.modules)
    try:
        importlib.import_module(name)
    except Exception as error:
        broken[name] = repr(error)
    if name in light and (found := set(heavy) & (set(sys.modules) - before)):
        loaded[name] = sorted(found)
json.dump([loaded, broken], sys.stdout)
"""


@pytest.fixture(scope="module")
def outcome(projects):
    """What importing each module by itself loads, where that is too much, and raises, where it does."""
    light = [*(project.package for project in projects if project.package != "pressframe_testing"), *PUBLIC_MODULES]
    light.remove("pressframe.templates")
    alone = [module for project in projects for module in project.modules if not module.endswith("__main__")]
    asked = json.dumps([light, alone, HEAVY, CIRCLE])

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_EACH], input=asked, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    loaded, broken = json.loads(done.stdout)
    return {"loaded": loaded, "broken": broken}


def test_every_module_imports_alone(outcome):
    assert outcome["broken"] == {}


def test_importing_pressframe_or_a_plugin_loads_no_heavy_library(outcome):
    assert outcome["loaded"] == {}


def test_the_core_imports_no_plugin(core):
    assert [(place, name) for place, name in core.imports if name.startswith("pressframe_")] == []


def test_plugins_import_only_what_the_core_publishes(plugins):
    allowed = {f"pressframe.{name}" for name in pressframe.__all__} | {"pressframe", *PUBLIC_MODULES}
    wrong = [
        f"{place}: {name}"
        for plugin in plugins
        for place, name in plugin.imports
        if name.partition(".")[0] == "pressframe" and name not in allowed and not _is_public_name(name)
    ]

    assert wrong == []


def test_plugins_import_of_other_plugins_only_the_public_front_of_shared_ones(plugins):
    wrong = [
        f"{place}: {name}"
        for plugin in plugins
        for place, name in plugin.imports
        if name.startswith("pressframe_") and name.partition(".")[0] != plugin.package
        if name.partition(".")[0] not in SHARED_PLUGINS or "._" in name
    ]

    assert wrong == []


def test_every_package_that_a_distribution_imports_is_among_its_dependencies(projects):
    distributions = metadata.packages_distributions()
    wrong = []
    for project in projects:
        declared = {canonicalize_name(Requirement(line).name) for line in project.dependencies}
        for place, name in project.imports:
            top = name.partition(".")[0]
            providers = {canonicalize_name(provider) for provider in distributions.get(top, [top])}
            if top not in sys.stdlib_module_names and top != project.package and not providers & declared:
                wrong.append(f"{place}: {top}")

    assert wrong == []


def test_the_core_depends_on_four_libraries(core):
    names = {Requirement(line).name for line in core.dependencies}

    assert names == {"attrs", "click", "jinja2", "pluggy"}


def test_import_linter_looks_at_every_distribution(root, projects):
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]

    assert settings["root_packages"] == [project.package for project in projects]


def test_the_order_of_imports_is_told_as_it_is_held(root):
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = [re.findall(r"\((\w+)\)", layer) for layer in reversed(settings["contracts"][0]["layers"])]
    told = re.search(r"`(errors ← .*)`", (root / "CONTRIBUTING.md").read_text("utf-8"))[1]

    assert [[name.strip() for name in layer.split(",")] for layer in told.split("←")] == layers


def test_every_module_of_the_core_is_in_the_layout_that_is_told(root, core):
    told = set(re.findall(r"^  (\w+)(?:\.py|/) ", (root / "docs" / "design.md").read_text("utf-8"), re.MULTILINE))
    top = {module.split(".")[1] for module in core.modules if "." in module}

    assert told == top


def _is_public_name(name: str) -> bool:
    """Tell whether *name* is a public one of a public module: ``pressframe.model.Entry``."""
    module, _, last = name.rpartition(".")
    return module in PUBLIC_MODULES and not last.startswith("_")
