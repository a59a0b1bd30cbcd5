"""How fast and how large, as ratios inside one run on one machine: `python -m tests.benchmarks`."""
