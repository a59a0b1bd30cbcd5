"""Measure what the budgets of the architecture are about, and print a table of ratios.

Each measurement runs in a process of its own, as import and review do at a clinic, and says its own peak memory.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import make

STEPS = Path(__file__).with_name("steps.py")


@dataclass(frozen=True)
class Line:
    """One line of the table: what was measured beside what, in seconds, the budget for their ratio, and peak memory."""

    what: str
    seconds: float
    beside: str
    beside_seconds: float
    budget: str
    peak_mib: float | None = None

    @property
    def ratio(self) -> float:
        return self.seconds / self.beside_seconds


def main() -> None:
    """Run the measurements that were asked for, in a folder that is removed at the end unless it is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", choices=[[], *MEASURED], metavar="WHAT", help=", ".join(MEASURED))
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of the imported export")
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of the large store")
    parser.add_argument("--patients", type=int, default=10_000, help="patients of the large store")
    parser.add_argument("--times", type=int, default=3, help="how often; the best counts")
    parser.add_argument("--folder", type=Path, help="keep the files here and use them again")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = chosen.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        for name in chosen.what or MEASURED:
            for line in MEASURED[name](folder, chosen):
                _print(line)


def measure_import(folder: Path, chosen: argparse.Namespace) -> list[Line]:
    """The whole process of an import beside the whole process of a bare read of the same file."""
    export = make.export(folder / f"log-{chosen.lines}.csv", chosen.lines)
    bare = _best(chosen.times, lambda: _step("bare_read", export, fresh=folder / "bare.duckdb"))
    taken = _best(chosen.times, lambda: _step("import", export, fresh=folder / "taken.duckdb"))
    return [
        Line(
            f"import of {chosen.lines:,} lines",
            taken["process_seconds"],
            "CREATE TABLE AS FROM read_csv",
            bare["process_seconds"],
            "3 (aim 2); 2 GiB",
            taken["peak_mib"],
        )
    ]


def measure_review(folder: Path, chosen: argparse.Namespace) -> list[Line]:
    """The review list beside one plain GROUP BY per patient over the same 28 days."""
    store = make.large_store(folder / f"large-{chosen.rows}-{chosen.patients}.duckdb", chosen.rows, chosen.patients)
    got = _step("review", store)
    size = f"{chosen.patients:,} patients, {chosen.rows:,} rows"
    return [
        Line(f"review, {size}", got["review"], "GROUP BY of 28 days", got["group_by"], "10", got["peak_mib"]),
        Line("review of a day in the past", got["past"], "GROUP BY of 28 days", got["group_by"], "10"),
        Line("review again without new data", got["again"], "50 ms", 0.05, "1 (kept by the pages)"),
    ]


def measure_small_import(folder: Path, chosen: argparse.Namespace) -> list[Line]:
    """A file of 500 lines into the large store, with what has to be derived anew, beside the same into an empty one."""
    store = make.large_store(folder / f"large-{chosen.rows}-{chosen.patients}.duckdb", chosen.rows, chosen.patients)
    export = make.export(folder / "log-500.csv", 500)
    empty = _best(chosen.times, lambda: _step("import_and_refresh", export, fresh=folder / "empty.duckdb"))
    full = _best(
        chosen.times, lambda: _step("import_and_refresh", export, fresh=folder / "full.duckdb", copied_from=store)
    )
    into = f"into {chosen.rows:,} rows"
    return [
        Line(f"500 lines {into}", full["seconds"], "into an empty store", empty["seconds"], "5", full["peak_mib"]),
        Line(f"and the refresh after it {into}", full["refresh"], "into an empty store", empty["refresh"], "5"),
    ]


def measure_refresh(folder: Path, chosen: argparse.Namespace) -> list[Line]:
    """Everything derived anew from the large store, beside one plain count of its rows by patient."""
    store = make.large_store(folder / f"large-{chosen.rows}-{chosen.patients}.duckdb", chosen.rows, chosen.patients)
    got = _step("refresh_all", folder / "anew.duckdb", fresh=folder / "anew.duckdb", copied_from=store)
    what = f"everything derived anew from {chosen.rows:,} rows"
    return [Line(what, got["refresh"], "GROUP BY of all rows", got["group_by"], "none; 2 GiB", got["peak_mib"])]


MEASURED: dict[str, Callable[[Path, argparse.Namespace], list[Line]]] = {
    "import": measure_import,
    "review": measure_review,
    "small_import": measure_small_import,
    "refresh": measure_refresh,
}


def _step(name: str, target: Path, fresh: Path | None = None, copied_from: Path | None = None) -> dict[str, float]:
    """Run one step of steps.py in a process of its own, on a database that starts anew where one is named."""
    if fresh:
        fresh.unlink(missing_ok=True)
        fresh.with_name(fresh.name + ".wal").unlink(missing_ok=True)
    if fresh and copied_from:
        make.copy(copied_from, fresh)
    command = [sys.executable, str(STEPS), name, str(target), *([str(fresh)] if fresh else [])]
    begun = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=STEPS.parents[2])
    return json.loads(done.stdout) | {"process_seconds": time.perf_counter() - begun}


def _best(times: int, run: Callable[[], dict[str, float]]) -> dict[str, float]:
    """The least of each number over several runs."""
    runs = [run() for _ in range(times)]
    return {key: min(each[key] for each in runs) for key in runs[0]}


def _print(line: Line) -> None:
    peak = f"{line.peak_mib:7,.0f} MiB" if line.peak_mib else ""
    print(f"{line.what:48} {line.seconds:8.3f} s  {line.beside:30} {line.beside_seconds:8.3f} s", end="  ")
    print(f"ratio {line.ratio:7.2f}  budget {line.budget:22} {peak}", flush=True)


if __name__ == "__main__":
    main()
