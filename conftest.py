"""Collections of test data, which lie beside a checkout."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parent.parent / "shared" / "data"


@pytest.fixture
def cases() -> Callable[..., list[dict[str, str]]]:
    """Return what gives a collection, line by line: ``cases("email", "isemail.jsonl")``; it skips without."""

    def read(*name: str) -> list[dict[str, str]]:
        file = DATA.joinpath(*name)
        if not file.is_file():
            pytest.skip(f"needs the test data: {file} is missing")
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()]

    return read
