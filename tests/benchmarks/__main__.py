"""Measure what the budgets of the architecture are about, and print a table of ratios.

Each measurement runs in a process of its own, as import and review do at a clinic, and what is compared is measured in
turns; the best time of each counts. The exit code is 1 when a budget was missed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.store import delete_database, derived_path
from tests.benchmarks import make, pages

ROOT = Path(__file__).parents[2]
STEPS = Path(__file__).with_name("steps.py")
REFUSED_WITHIN_S = 5


@dataclass(frozen=True)
class Line:
    """One line of the table: what was measured beside what, in seconds, and its peak memory; with a budget for their
    ratio, for the memory, for both or for none. `wrong` says why the two cannot be compared."""

    what: str
    seconds: float
    beside: str
    beside_seconds: float
    budget: float | None = None
    peak_mib: float | None = None
    budget_mib: float | None = None
    wrong: str | None = None

    @property
    def ratio(self) -> float:
        return self.seconds / self.beside_seconds

    @property
    def verdict(self) -> str:
        if self.wrong:
            return f"MISSED: {self.wrong}"
        limits = [(self.ratio, self.budget), (self.peak_mib or 0, self.budget_mib)]
        if all(limit is None for _, limit in limits):
            return ""
        return "met" if all(limit is None or value <= limit for value, limit in limits) else "MISSED"

    def __str__(self) -> str:
        ratio = "" if self.wrong else f"{self.ratio:.2f}"
        budget = f"{self.budget:g}" if self.budget else "–"
        peak = f"{self.peak_mib:,.0f} MiB" if self.peak_mib else ""
        most = f"of {self.budget_mib:,.0f}" if self.budget_mib else ""
        return (
            f"{self.what:58} {self.seconds:7.2f} s  {self.beside:34} {self.beside_seconds:7.2f} s  "
            f"ratio {ratio:>5}  budget {budget:>3}  {peak:>9} {most:8} {self.verdict}"
        )


def main() -> int:
    """Run the measurements that were asked for, in a folder that is removed at the end unless it is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", choices=[[], *MEASURED], metavar="WHAT", help=", ".join(MEASURED))
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of the imported exports")
    parser.add_argument(
        "--rows", type=int, default=10_000_000, help="lines of the large export, rows of the large store"
    )
    parser.add_argument("--patients", type=int, default=10_000, help="patients of the large store")
    parser.add_argument("--times", type=int, default=3, help="how often; the best counts")
    parser.add_argument("--seed", type=int, default=1, help="another one gives exports with other content")
    parser.add_argument("--folder", type=Path, help="keep the files here and use them again")
    chosen = parser.parse_args()
    missed = False
    with tempfile.TemporaryDirectory() as passing:
        folder = chosen.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        for name in chosen.what or MEASURED:
            for line in MEASURED[name](folder, chosen):
                print(line, flush=True)
                missed = missed or "MISSED" in line.verdict
    return int(missed)


def measure_import(folder: Path, chosen: argparse.Namespace) -> Iterator[Line]:
    """The import of a log from the terminal beside a bare read of the same file: whole processes."""
    for shape, export in _exports(folder, chosen.lines, chosen.seed).items():
        got = _in_turns(
            chosen.times,
            bare=lambda export=export: _step("bare_read", export, fresh=folder / "bare.duckdb"),
            taken=lambda export=export: _import(export, folder / "taken.duckdb"),
        )
        yield Line(
            f"import of {chosen.lines:,} lines, {shape}",
            got["taken"]["process"],
            "CREATE TABLE AS FROM read_csv",
            got["bare"]["process"],
            2.2,
            got["taken"]["peak_mib"],
        )


def measure_shapes(folder: Path, chosen: argparse.Namespace) -> Iterator[Line]:
    """The import of a log in each way that apps write one, beside a bare read of the same text in UTF-8."""
    budgets = dict.fromkeys(make.UNQUOTED, 2.2) | dict.fromkeys(make.QUOTED, 2.5)
    for shape, form in (make.UNQUOTED | make.QUOTED).items():
        export = make.shaped(folder / f"{shape} {chosen.lines} {chosen.seed}.csv", chosen.lines, chosen.seed, **form)
        encoding = form.get("encoding")
        text = make.in_utf8(folder / "utf-8.csv", export, encoding) if encoding else export
        got = _in_turns(
            chosen.times,
            bare=lambda text=text: _step("bare_read", text, fresh=folder / "bare.duckdb"),
            taken=lambda export=export: _import(export, folder / "taken.duckdb"),
        )
        taken = got["taken"]
        yield Line(
            f"import of {chosen.lines:,} lines, {shape}",
            taken["process"],
            "CREATE TABLE AS FROM read_csv",
            got["bare"]["process"],
            budgets[shape],
            taken["peak_mib"],
            wrong=None if taken.get("new") == chosen.lines else f"{taken.get('new')} new, {taken.get('reason')}",
        )


def measure_pandas(folder: Path, chosen: argparse.Namespace) -> Iterator[Line]:
    """The import from the terminal beside the same checks in pandas, where both find the same lines new and rejected;
    one line in a hundred is faulty."""
    for shape, export in _exports(folder, chosen.lines, chosen.seed, faulty=True).items():
        got = _in_turns(
            chosen.times,
            pandas=lambda export=export: _step("with_pandas", export, fresh=folder / "pandas.duckdb"),
            taken=lambda export=export: _import(export, folder / "taken.duckdb"),
        )
        counts = {name: f"{each['new']:,} new, {each['rejected']:,} rejected" for name, each in got.items()}
        yield Line(
            f"import of {chosen.lines:,} lines, {shape}, 1 % faulty",
            got["taken"]["process"],
            "the same checks in pandas",
            got["pandas"]["process"],
            peak_mib=got["taken"]["peak_mib"],
            wrong=None if counts["taken"] == counts["pandas"] else f"{counts['taken']}; pandas: {counts['pandas']}",
        )


def measure_large_import(folder: Path, chosen: argparse.Namespace) -> Iterator[Line]:
    """The peak memory of the import of a very large log from the terminal."""
    for shape, export in _exports(folder, chosen.rows, chosen.seed).items():
        bare = _step("bare_read", export, fresh=folder / "bare.duckdb")
        taken = _import(export, folder / "taken.duckdb")
        yield Line(
            f"import of {chosen.rows:,} lines, {shape}",
            taken["process"],
            "CREATE TABLE AS FROM read_csv",
            bare["process"],
            peak_mib=taken["peak_mib"],
            budget_mib=2048,
        )


def measure_small_import(folder: Path, chosen: argparse.Namespace) -> Iterator[Line]:
    """A file of 500 lines into the large store beside the same into an empty one: whole processes from the terminal,
    and inside one process, as from the page, with what has to be derived anew after it."""
    store = _large_store(folder, chosen)
    export = make.export(folder / "wide-500.csv", 500)
    got = _in_turns(
        chosen.times,
        empty=lambda: _import(export, folder / "empty.duckdb"),
        full=lambda: _import(export, folder / "full.duckdb", copied_from=store),
        empty_page=lambda: _step("small_import", export, fresh=folder / "empty.duckdb"),
        full_page=lambda: _step("small_import", export, fresh=folder / "full.duckdb", copied_from=store),
    )
    what, beside = f"into {chosen.rows:,} rows", "into an empty store"
    full, empty, full_page, empty_page = (got[name] for name in ("full", "empty", "full_page", "empty_page"))
    yield Line(f"500 lines {what}", full["process"], beside, empty["process"], 1.2, full["peak_mib"])
    yield Line(f"500 lines {what}, without start-up", full_page["import"], beside, empty_page["import"], 1.2)
    yield Line(f"and the refresh after it {what}", full_page["refresh"], beside, empty_page["refresh"])


def measure_refusals(folder: Path, chosen: argparse.Namespace) -> Iterator[Line]:
    """Malformed files of almost the largest size that is taken, each beside five seconds; the worst comes last."""
    lines = []
    for name in make.MALFORMED:
        file = make.malformed(folder / "malformed.csv", name)
        told = _import(file, folder / "refused.duckdb", within=12 * REFUSED_WITHIN_S)
        file.unlink()
        lines.append(
            Line(
                f"refusal of {make.MALFORMED_BYTES >> 20:,} MiB, {name}",
                told["process"],
                "longest allowed",
                REFUSED_WITHIN_S,
                1,
                told["peak_mib"],
                wrong=None if told["status"] == "refused" else told["status"],
            )
        )
    yield from sorted(lines, key=lambda line: line.seconds)


def measure_review(folder: Path, chosen: argparse.Namespace) -> Iterator[Line]:
    """The review list beside one plain GROUP BY per patient over the same 28 days."""
    store = _large_store(folder, chosen)
    got = _step("review", store)
    size = f"{chosen.patients:,} patients, {chosen.rows:,} rows"
    yield Line(f"review, {size}", got["review"], "GROUP BY of 28 days", got["group_by"], 6, got["peak_mib"])
    yield Line("review of a day in the past", got["past"], "GROUP BY of 28 days", got["group_by"], 8)
    yield Line("review again without new data (kept by the pages)", got["again"], "50 ms", 0.05)


def measure_opening(folder: Path, chosen: argparse.Namespace) -> Iterator[Line]:
    """The large store opened with what was derived from it before, and without, when all of it is made anew."""
    store = _large_store(folder, chosen)
    again = folder / "anew.duckdb"
    kept = _step("opening", again, fresh=again, copied_from=store)
    what = f"opening {chosen.rows:,} rows"
    yield Line(f"{what} with the derived file", kept["opening"], "1 s", 1, 1, kept["peak_mib"])
    delete_database(derived_path(again))
    anew = _step("opening", again)
    yield Line(f"{what} without it", anew["opening"], "45 s", 45, 1, anew["peak_mib"], 2048)


def measure_first_page(folder: Path, chosen: argparse.Namespace) -> Iterator[Line]:
    """The demo in Chromium beside a hello-world served in the same way."""
    got = pages.first_pages(folder, chosen.times)
    yield Line("start to the first page, demo", got["demo first"], "hello-world", got["hello first"], 1.5)
    yield Line("a second visit to it", got["demo second"], "hello-world", got["hello second"], 1.3)


def measure_clicks(folder: Path, chosen: argparse.Namespace) -> Iterator[Line]:
    """Every page of the large store in Chromium, from the click to the page, beside another visit to a hello-world."""
    got = pages.clicks(folder, _large_store(folder, chosen), chosen.times)
    hello = got.pop("hello")
    for name, seconds in got.items():
        yield Line(f"click to {name}, {chosen.patients:,} patients", seconds, "hello-world's second visit", hello, 2)


def measure_reruns(folder: Path, chosen: argparse.Namespace) -> Iterator[Line]:
    """A warm rerun of each page of a clinic of 300 patients, in one session, without a browser."""
    for name, seconds in pages.reruns(folder, _clinic(folder)).items():
        yield Line(f"a warm rerun of {name}, 300 patients", seconds, "40 ms", 0.04, 1)


def measure_crowd(folder: Path, chosen: argparse.Namespace) -> Iterator[Line]:
    """The 95th percentile of what 30 sessions with 3 s of thinking wait for, alone and beside an import."""
    export = make.export(folder / "wide-300000.csv", 300_000)
    got = pages.crowds(folder, _clinic(folder), export, sessions=30, think_s=3)
    yield Line("30 sessions, 3 s of thinking, p95", got["alone"], "250 ms", 0.25, 1)
    yield Line("while one imports 300,000 lines", got["import"], "1 s", 1, 1)


MEASURED: dict[str, Callable[[Path, argparse.Namespace], Iterator[Line]]] = {
    "import": measure_import,
    "shapes": measure_shapes,
    "pandas": measure_pandas,
    "large_import": measure_large_import,
    "small_import": measure_small_import,
    "refusals": measure_refusals,
    "review": measure_review,
    "opening": measure_opening,
    "first_page": measure_first_page,
    "clicks": measure_clicks,
    "reruns": measure_reruns,
    "crowd": measure_crowd,
}


def _exports(folder: Path, lines: int, seed: int, *, faulty: bool = False) -> dict[str, Path]:
    shapes = {
        "all columns": {},
        "narrow": {"narrow": True},
        "narrow, 1 % repeated": {"narrow": True, "repeated": True},
    }
    ending = f"{' faulty' * faulty} {lines} {seed}.csv"
    return {
        shape: make.export(folder / (shape + ending), lines, seed, faulty=faulty, **form)
        for shape, form in shapes.items()
    }


def _large_store(folder: Path, chosen: argparse.Namespace) -> Path:
    path = folder / f"large-{chosen.rows}-{chosen.patients}.duckdb"
    _step("large_store", path, chosen.rows, chosen.patients)
    return path


def _clinic(folder: Path) -> Path:
    """A store of 300 patients who have exercised every day for twelve weeks."""
    path = folder / "clinic-300.duckdb"
    _step("large_store", path, 300 * 84 * make.ROWS_A_DAY, 300)
    return path


def _import(
    export: Path, database: Path, copied_from: Path | None = None, within: float | None = None
) -> dict[str, Any]:
    """What the terminal's import said of the file."""
    command = ["-m", "data", "import", "--json", "--database", str(database), str(export)]
    told = _process(command, database, copied_from, within)
    return told | told.pop("files")[0]


def _step(name: str, *target: Path | int, fresh: Path | None = None, copied_from: Path | None = None) -> dict[str, Any]:
    """What a step of steps.py said, on a database that starts anew where one is named."""
    paths = [*target, fresh] if fresh and fresh not in target else target
    return _process([str(STEPS), name, *map(str, paths)], fresh, copied_from)


def _process(
    arguments: list[str], fresh: Path | None, copied_from: Path | None, within: float | None = None
) -> dict[str, Any]:
    """Run Python in a process of its own: what it printed as JSON, its seconds, and its own peak memory.

    An import that is ended after `within` seconds has that as its status.
    """
    if fresh:
        delete_database(fresh)
        delete_database(derived_path(fresh))
    if fresh and copied_from:
        make.copy(copied_from, fresh)
    begun = time.perf_counter()
    running = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    impatient = threading.Timer(within or 3600, running.kill)
    impatient.start()
    told = running.stdout.read() if running.stdout else ""
    # Unlike subprocess.run, this says what the one process used.
    _, status, used = os.wait4(running.pid, 0)
    seconds = time.perf_counter() - begun
    impatient.cancel()
    if not told and within is None:
        raise SystemExit(f"{' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    if not told:
        told = json.dumps({"files": [{"status": f"ended with {os.waitstatus_to_exitcode(status)}"}]})
    return json.loads(told) | {"process": seconds, "peak_mib": used.ru_maxrss / 1024}


def _in_turns(times: int, **runs: Callable[[], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The least of each number over several runs, each after the other, so that all meet the same weather."""
    rounds = [{name: run() for name, run in runs.items()} for _ in range(times)]
    return {
        name: {
            key: min(each[name][key] for each in rounds) if isinstance(value, float) else value
            for key, value in rounds[0][name].items()
        }
        for name in runs
    }


if __name__ == "__main__":
    sys.exit(main())
