"""The table: what is measured, the gate that it has to keep, and what it was before."""

from dataclasses import dataclass, replace
from math import sqrt

from tests.quality.runs import Measures

STANDARD_ERRORS = 3


@dataclass(frozen=True)
class Line:
    """One line of the table; `gate` is the most or the least that `name` may measure, or none, and `before` what other
    simulated cohorts had given under the same definitions. `known` is how far a gate is missed that the definitions
    cannot meet, as the README explains: the verdict says so, and beyond it the judge fails as at any other gate."""

    what: str
    name: str
    bound: str = ""
    gate: float | None = None
    before: float | None = None
    known: float | None = None

    def keeps(self, measures: Measures, is_small: bool = False) -> bool:
        """Whether the gate is kept. A few cohorts, `is_small`, may miss it by what chance does to so few patients:
        three standard errors of a share that lies at the gate; the mean rank, which is no share, by 3."""
        if self.gate is None:
            return True
        value, patients = measures[self.name]
        gate = self.gate if self.known is None else self.known
        margin = self._margin(patients) if is_small else 0
        return value <= gate + margin if self.bound == "≤" else value >= gate - margin

    def verdict(self, measures: Measures) -> str:
        """What the table says beside the gate."""
        if not self.keeps(measures):
            return "MISSED"
        return "" if replace(self, known=None).keeps(measures) else "missed, as known"

    def _margin(self, patients: int) -> float:
        if self.name == "rank":
            return 3
        return STANDARD_ERRORS * sqrt(self.gate * (100 - self.gate) / patients)


LINES = [
    Line("with an open session that rose or was stopped: on the list, %", "listed", "≥", 100, 100),
    Line("stable in first: all, %", "stable first", "≤", 12, 10.1),
    Line("  noisy", "noisy first", "≤", 18, 16.8),
    Line("  sparse", "sparse first", "≤", 19, 15.6),
    Line("  the kind that is there most", "any kind first", "≤", 20, 17.6),
    Line("  newcomers in their first week", "newcomers first", "≤", 20, 17.7),
    Line("  all, who stop 2 % of sessions for another cause", "stopping first", "≤", 14, 11.9, known=15),
    Line("    where every first is reviewed each week", "stopping first, reviewed"),
    Line("aggravated with three scored sessions since: first by day 7, %", "three scored first by 7", "≥", 97, 98.2),
    Line("all aggravated: first by day 3", "aggravated first by 3", "≥", 63, 66.9),
    Line("  first by day 7", "aggravated first by 7", "≥", 94, 95.4),
    Line("  first or soon by day 3", "aggravated soon by 3", "≥", 87, 91.5),
    Line("  first or soon by day 7", "aggravated soon by 7", "≥", 97, 98.6),
    Line("stable and not severe in soon: all, %", "stable soon", "≤", 21, 17.9),
    Line("  calm", "calm soon", "≤", 16, 13),
    Line("  noisy", "noisy soon", "≤", 30, 27),
    Line("  three a day", "three a day soon", "≤", 30, 27),
    Line("a single rise of 3 or more: first or soon in its week, %", "spike", "≥", 95, 97),
    Line("of 100 of a mix, reviewed weekly: in first", "mix first", "≤", 20, 16.6),
    Line("  in soon", "mix soon", "≤", 22, 18.2),
    Line("  drifting: first or soon, %", "drifting, weekly"),
    Line("  habitual: first or soon, %", "habitual, weekly"),
    Line("stopped after the first rise: first by day 7, %", "stopped first by 7", "≥", 95, 98.8),
    Line("  weekly uploads: first within 13 days", "weekly uploads", "≥", 97, 99.8),
    Line("  uploads every 14 days: first within 13 days", "uploads every 14 days", "≥", 83, 86),
    Line("mean rank of the aggravated among 212 (18.5 is perfect)", "rank", "≤", 30, 28),
    Line("reviews per 100 stable patients and week: weekly looks", "weekly reviews", "≤", 12, 8),
    Line("  daily looks", "daily reviews", "≤", 20, 19),
    Line("each session in four rows, before asked once: stable in first, points", "split first", "≤", 6, 0.6),
    Line("first import, aggravated in its last 5 days: in first, %", "first import", "≥", 80, 85),
]


def table(measures: Measures) -> str:
    """The table with gates and verdicts."""
    lines = [f"{'':70} {'measured':>8}  {'gate':>6}  {'before':>6}"]
    for line in LINES:
        gate = "" if line.gate is None else f"{line.bound} {line.gate:g}"
        before = "" if line.before is None else f"{line.before:g}"
        verdict = line.verdict(measures)
        lines.append(f"{line.what:70} {measures[line.name].value:8.1f}  {gate:>6}  {before:>6}  {verdict}".rstrip())
    return "\n".join(lines)


def side_by_side(columns: dict[str, Measures]) -> str:
    """The measures of several runs beside each other, without gates."""
    lines = [f"{'':70} " + "  ".join(f"{name:>12}" for name in columns)]
    for line in LINES:
        values = "  ".join(f"{measures[line.name].value:12.1f}" for measures in columns.values())
        lines.append(f"{line.what:70} {values}")
    return "\n".join(lines)
