"""The command line of the benchmarks; `bench/README.md` says what is measured and how to read it."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import builds, environment, report
from bench.generators import PEERS, ours

_MEMORY = Path("/dev/shm")
_ROOM = 6_000_000_000


def main() -> None:
    options = _parser().parse_args()
    print(report.machine())
    if options.what in ("build", "all"):
        _build(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure pressframe against its peers.")
    parser.add_argument("what", nargs="?", choices=["build", "serve", "all"], default="all")
    parser.add_argument("--posts", nargs="+", type=int, default=[1_000, 10_000], help="sizes of the sites to build")
    parser.add_argument("--runs", type=int, default=3, help="of which the median is shown")
    parser.add_argument("--peers", nargs="*", choices=sorted(PEERS), default=sorted(PEERS))
    parser.add_argument("--folder", type=Path, help="where to work; left out: in memory if there is room, else on disk")
    parser.add_argument("--keep", action="store_true", help="leave the sites and what was built of them")
    return parser


def _build(options: argparse.Namespace) -> None:
    peers = environment.prepare() if options.peers else None
    generators = ours() + [PEERS[name](peers) for name in options.peers if peers]
    with _work_folder(options.folder, keep=options.keep) as folder:
        for count in options.posts:
            results = builds.compare(generators, count=count, runs=options.runs, folder=folder, told=_tell)
            _tell("")
            print(f"\n{report.builds(results, count=count, runs=options.runs)}\n")
            if not options.keep:
                shutil.rmtree(folder)
                folder.mkdir()


@contextmanager
def _work_folder(parent: Path | None, *, keep: bool) -> Iterator[Path]:
    if parent is None and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        parent = _MEMORY
    folder = Path(tempfile.mkdtemp(prefix="pressframe-bench-", dir=parent))
    print(f"working in {folder}")
    try:
        yield folder
    finally:
        if keep:
            print(f"left in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _tell(doing: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{doing}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
