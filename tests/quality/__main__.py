"""Judge the review list on simulated cohorts and print the table. The exit code is 1 when a gate is missed."""

import argparse

from tests.quality.generator import Figures
from tests.quality.runs import measure
from tests.quality.table import LINES, side_by_side, table

SENSITIVITY = {
    "as it is": Figures(),
    "noise × 0.8": Figures(noise=0.8),
    "noise × 1.25": Figures(noise=1.25),
    "flares × 2": Figures(flares=2),
    "45 % severe": Figures(severe=0.45),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("--seeds", type=int, help="how many cohorts; 40, or 10 with --sensitivity")
    parser.add_argument("--sensitivity", action="store_true", help="other noise, flares and severity, without gates")
    chosen = parser.parse_args()
    if chosen.sensitivity:
        seeds = range(chosen.seeds or 10)
        print(side_by_side({name: measure(seeds, figures) for name, figures in SENSITIVITY.items()}))
        return 0
    measures = measure(range(chosen.seeds or 40), Figures())
    print(table(measures))
    return int(not all(line.keeps(measures) for line in LINES))


if __name__ == "__main__":
    raise SystemExit(main())
