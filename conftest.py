"""Collections of test data, which lie beside a checkout; and what makes a long run of tests cheaper."""

import gc
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parent.parent / "shared" / "data"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep the thousands of tests out of Python's searches for garbage: looking through them takes a tenth of a run."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run what no other process of this run has taken yet, where PRESSFRAME_SHARE says which of how many this one is.

    ``2/3:folder`` is the second of three, which note in *folder* what they take: file after file, each from another
    place on, so that all of them end at about the same time. The files of one process share it as they always do.
    """
    share = os.environ.get("PRESSFRAME_SHARE")
    if share is None or session.testsfailed or session.config.option.collectonly:
        return None
    taken = _take(session.items, session.config.rootpath, share)
    item = next(taken, None)
    while item is not None:
        following = next(taken, None)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        item = following
    return True


def _take(items: Sequence[pytest.Item], root: Path, share: str) -> Iterator[pytest.Item]:
    numbers, _, folder = share.partition(":")
    number, count = map(int, numbers.split("/"))
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    start = len(files) * (number - 1) // count
    for file in [*files][start:] + [*files][:start]:
        try:
            Path(folder, str(file.relative_to(root)).replace(os.sep, "+")).touch(exist_ok=False)
        except FileExistsError:
            continue  # another one has it
        yield from files[file]


@pytest.fixture
def cases() -> Callable[..., list[dict[str, str]]]:
    """Return what gives a collection, line by line: ``cases("email", "isemail.jsonl")``; it skips without."""

    def read(*name: str) -> list[dict[str, str]]:
        file = DATA.joinpath(*name)
        if not file.is_file():
            pytest.skip(f"needs the test data: {file} is missing")
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()]

    return read
