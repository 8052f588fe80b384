"""The command line of the benchmarks; `bench/README.md` says what is measured and how to read it."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import accepting, builds, goals, live, mails, report, saves, talk
from bench.environment import installed_program
from bench.generators import OURS, PEERS, Environment, Generator

_MEMORY = Path("/dev/shm")
_ALL_PEERS = sorted([*PEERS, "isso"])
_ROOM = 6_000_000_000


def main() -> None:
    options = _parser().parse_args()
    print(report.machine(), flush=True)
    try:
        with _work_folder(options.folder, keep=options.keep) as folder:
            if options.what in ("build", "all"):
                _build(options, folder)
            if options.what in ("serve", "all"):
                _serve(options, folder)
            if options.what in ("comments", "all"):
                _comment(options, folder)
            if options.what in ("talk", "all"):
                _talk(folder)
            if options.what in ("saves", "all"):
                _save(options, folder)
            if options.what in ("mails", "all"):
                _mail(options, folder)
            if options.what == "mail-kills":
                _kill(options, folder)
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"error: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure pressframe against its peers.")
    parser.add_argument(
        "what",
        nargs="?",
        choices=["build", "serve", "comments", "talk", "saves", "mails", "mail-kills", "all"],
        default="all",
    )
    parser.add_argument("--posts", nargs="+", type=int, default=[1_000, 10_000], help="sizes of the sites")
    parser.add_argument("--sites", nargs="*", choices=sorted(OURS), default=list(OURS), help="pressframe's own")
    parser.add_argument("--members", type=int, default=10_000, help="of a newsletter")
    parser.add_argument("--kills", type=int, default=20, help="of one sending, for mail-kills")
    parser.add_argument("--runs", type=int, default=3, help="of which the median is shown")
    parser.add_argument("--peers", nargs="*", choices=_ALL_PEERS, default=_ALL_PEERS)
    parser.add_argument("--folder", type=Path, help="where to work; left out: in memory if there is room, else on disk")
    parser.add_argument("--keep", action="store_true", help="leave the sites and what was built of them")
    return parser


def _build(options: argparse.Namespace, folder: Path) -> None:
    installed_program()  # before anything is measured
    generators = [OURS[name]() for name in options.sites] + list(_peers(options.peers))
    measured: dict[int, list[builds.Result]] = {}
    for count in options.posts:
        results = builds.compare(generators, count=count, runs=options.runs, folder=folder, told=_tell)
        _tell("")
        if not results:
            print(f"{count:,} posts are too many for all that is to be measured")
            continue
        print(f"\n{report.builds(results, count=count, runs=options.runs)}\n", flush=True)
        measured[count] = results
        if not options.keep:
            for site in folder.iterdir():
                shutil.rmtree(site)
    print(f"{report.goals(goals.judge(measured))}\n", flush=True)
    if any(result.failure for results in measured.values() for result in results):
        raise RuntimeError("not every generator built everything")
    if any(report.differences(results) for results in measured.values()):
        raise RuntimeError("not every generator made the same pages")


def _peers(names: Sequence[str]) -> Iterator[Generator]:
    """Yield the peers that can be installed here; say which cannot."""
    environment = Environment()
    for name in (name for name in names if name in PEERS):
        try:
            yield PEERS[name](environment)
        except RuntimeError as error:
            print(f"{name} is left out: {error}")


def _serve(options: argparse.Namespace, folder: Path) -> None:
    reason = live.why_not()
    if reason:
        print(f"the live server is not measured: {reason}")
        return
    served = live.measure(folder, runs=options.runs, told=_tell)
    _tell("")
    print(f"\n{report.live(served, runs=options.runs)}\n")


def _comment(options: argparse.Namespace, folder: Path) -> None:
    reason = live.why_not()
    if reason:
        print(f"accepting comments is not measured: {reason}")
        return
    found = accepting.measure(folder / "comments", runs=options.runs, peer="isso" in options.peers, told=_tell)
    _tell("")
    print(f"\n{report.accepted(found, runs=options.runs)}\n")


def _talk(folder: Path) -> None:
    reason = live.why_not()
    if reason:
        print(f"pages of conversations are not measured: {reason}")
        return
    found = talk.measure(folder / "talk", told=_tell)
    _tell("")
    print(f"\n{report.page_times(found, requests=talk.REQUESTS)}\n", flush=True)


def _save(options: argparse.Namespace, folder: Path) -> None:
    for count in options.posts:
        delays = saves.measure(folder / f"{count}", count=count, runs=options.runs, told=_tell)
        _tell("")
        print(f"\n{report.saves(delays, count=count, runs=options.runs)}\n", flush=True)


def _mail(options: argparse.Namespace, folder: Path) -> None:
    sent = [
        mails.measure(folder / f"mails-{number}", members=options.members, told=_tell) for number in range(options.runs)
    ]
    _tell("")
    print(f"\n{report.mailed(sent)}\n", flush=True)


def _kill(options: argparse.Namespace, folder: Path) -> None:
    found = mails.kill(folder / "mails", members=options.members, kills=options.kills, told=_tell)
    _tell("")
    print(f"\n{report.killed(found)}\n", flush=True)
    if not found.is_right:
        raise RuntimeError("somebody was skipped, or too much came twice")


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
