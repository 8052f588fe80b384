"""Processes that share the tests of a run: between them each file is run once, wherever each begins."""

import os
import re
import shutil
import subprocess
import sys

TEST = """
import pytest

@pytest.fixture(scope="module")
def shared():
    print("made")

@pytest.mark.parametrize("number", [1, 2])
def test_it(shared, number):
    pass
"""


def test_a_process_begins_at_its_place_goes_round_and_leaves_what_another_one_has(root, tmp_path):
    shutil.copy(root / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "taken").mkdir()
    for name in "abcd":
        (tmp_path / f"test_{name}.py").write_text(TEST)
    (tmp_path / "taken" / "test_d.py").touch()

    found = [_run(tmp_path, f"{number}/2:taken") for number in (2, 1)]

    assert found == [["c[1]", "c[2]", "a[1]", "a[2]", "b[1]", "b[2]"], []]


def _run(folder, share) -> list[str]:
    """Return what one process ran, in order."""
    environment = {**os.environ, "PRESSFRAME_SHARE": share, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--import-mode=importlib"]
    ran = subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True)
    assert ran.returncode == 0, ran.stdout
    return ["".join(found) for found in re.findall(r"test_(\w)\.py::test_it(\[\d\]) PASSED", ran.stdout)]
