"""The runs over simulated clinics, and what is measured in them.

Each run has a store of its own, because its uploads or its reviews are its own. The list is looked at on the days that
the table speaks of, and on no others.
"""

import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy
import pandas

import queries
from data.store import Store, open_store
from tests.quality import clinic
from tests.quality.generator import AGGRAVATED, DAYS, ONSET, STABLE, Cohort, Figures, cohort, join

# Days count from the onset: by day 3 is at the look in the evening of the third day after it.
DAY_3, DAY_7 = ONSET + 3, ONSET + 7
# One look a week; what is said of stable patients without reviews is the mean of the last two.
WEEKLY = (7, 14, 21, ONSET, DAY_7)
FIRST, SOON, LISTED = ["first"], ["first", "soon"], ["first", "soon", "look"]
STABLE_ONLY = dict.fromkeys(STABLE, 20)
STOPS = 0.02
# Of 100 patients of a mix, so many are of these kinds.
MIX = [
    (70, [*(kind for kind in STABLE if kind != "sparse"), "improving"]),
    (10, AGGRAVATED),
    (10, ["sparse"]),
    (5, ["drifting"]),
    (5, ["habitual"]),
]


class Measure(NamedTuple):
    """What was measured, a share in percent unless the table says otherwise, and over how many patients."""

    value: float
    patients: int


Measures = dict[str, Measure]


def measure(seeds: Iterable[int], figures: Figures) -> Measures:
    """Everything that the table asks, over the cohorts of these seeds."""
    found: Measures = {}
    for run in (unreviewed, late_uploads, reviewed_weekly, reviewed_daily):
        with empty_store() as store:
            found |= run(store, list(seeds), figures)
    return found


@contextmanager
def empty_store() -> Generator[Store]:
    """A new store, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "clinic.duckdb")
        try:
            queries.define(store)
            yield store
        finally:
            store.close()


def unreviewed(store: Store, seeds: list[int], figures: Figures) -> Measures:
    """Daily uploads and no reviews: the cohorts as they are; their stable patients once more, who also stop sessions
    for another cause than pain; and these once more with each session in four rows."""
    patients = join(
        [cohort(seed, figures) for seed in seeds]
        + [cohort(seed, figures, STABLE_ONLY, mark="stopping", stops=STOPS) for seed in seeds]
        + [cohort(seed, figures, STABLE_ONLY, mark="split", split=True) for seed in seeds]
    )
    clinic.admit(store, patients)
    clinic.upload(store, patients, patients.rows, DAYS - 1)
    looks = {day: clinic.look(store, patients, day) for day in (ONSET, DAY_3, DAY_7)}
    return (
        {
            "listed": _listed(patients, looks),
            "newcomers first": _share(looks[DAY_7], FIRST, looks[DAY_7]["kind"] == "newcomer"),
            "spike": _share(looks[DAY_7], SOON, looks[DAY_7]["kind"] == "spike"),
        }
        | _of_stable(looks)
        | _of_aggravated(patients, looks[DAY_3], looks[DAY_7])
    )


def _listed(patients: Cohort, looks: dict[int, pandas.DataFrame]) -> Measure:
    """Of the patients with a session of the last seven days whose scores rise or that was stopped, or one of the last
    28 with a rise of 2 or that was stopped: who is on the list."""
    sessions = patients.sessions
    is_of_week = (sessions["rise"] > 0) | sessions["is_stopped"]
    is_of_month = (sessions["rise"] >= 2) | sessions["is_stopped"]
    due = []
    for day, looked in looks.items():
        age = day - sessions["day"]
        is_due = (is_of_week & age.between(0, 6)) | (is_of_month & age.between(0, 27))
        due.append(looked.loc[sessions.loc[is_due, "person"].unique()])
    found = pandas.concat(due)
    return _share(found, LISTED, found["seed"] >= 0)


def _of_stable(looks: dict[int, pandas.DataFrame]) -> Measures:
    """Who of the stable stands where, in two weekly looks."""
    weekly = pandas.concat([looks[ONSET], looks[DAY_7]])
    is_stable = weekly["kind"].isin(STABLE)
    stable = {mark: weekly[is_stable & (weekly["mark"] == mark)] for mark in ("", "stopping", "split")}
    plain = stable[""]
    is_mild = ~plain["is_severe"] & (plain["kind"] != "ceiling")
    first = {kind: _share(plain, FIRST, plain["kind"] == kind) for kind in STABLE}
    soon = {kind: _share(plain, ["soon"], is_mild & (plain["kind"] == kind)) for kind in STABLE}
    all_first, split_first = (_share(stable[mark], FIRST) for mark in ("", "split"))
    return {
        "stable first": all_first,
        "noisy first": first["noisy"],
        "sparse first": first["sparse"],
        "any kind first": max(first.values()),
        "stopping first": _share(stable["stopping"], FIRST),
        "split first": Measure(abs(split_first.value - all_first.value), all_first.patients),
        "stable soon": _share(plain, ["soon"], is_mild),
        "calm soon": soon["calm"],
        "noisy soon": soon["noisy"],
        "three a day soon": soon["three_a_day"],
    }


def _of_aggravated(patients: Cohort, third: pandas.DataFrame, seventh: pandas.DataFrame) -> Measures:
    """Who of the aggravated stands where by the third and the seventh day: at one of these two looks up to then."""
    is_aggravated = seventh["kind"].isin(AGGRAVATED)
    sessions = patients.sessions
    is_scored = sessions["day"].between(ONSET, DAY_7) & sessions["rise"].notna()
    scored = sessions[is_scored].groupby("person").size().reindex(seventh.index, fill_value=0)
    stopped = seventh["stopped_on"] <= DAY_7
    first_3, soon_3 = (third["review_group"].isin(groups) for groups in (FIRST, SOON))
    first_7, soon_7 = (seventh["review_group"].isin(groups) for groups in (FIRST, SOON))
    return {
        "three scored first by 7": _percent(first_3 | first_7, is_aggravated & (scored >= 3)),
        "aggravated first by 3": _percent(first_3, is_aggravated),
        "aggravated first by 7": _percent(first_3 | first_7, is_aggravated),
        "aggravated soon by 3": _percent(soon_3, is_aggravated),
        "aggravated soon by 7": _percent(soon_3 | soon_7, is_aggravated),
        "stopped first by 7": _percent(first_3 | first_7, stopped),
        "rank": Measure(seventh.loc[is_aggravated, "place"].mean(), int(is_aggravated.sum())),
    }


def late_uploads(store: Store, seeds: list[int], figures: Figures) -> Measures:
    """A first import of 28 days, the last five of them aggravated; and those who stop after their first rise, where all
    upload the log of the last 28 days every 7 or every 14 days: who stands in first within 13 days of the rise. Their
    onsets are spread evenly over 14 days."""
    newcomers = [cohort(seed, figures, dict.fromkeys(AGGRAVATED, 12), mark="new", onset=23, days=28) for seed in seeds]
    spread = {"onset": range(ONSET, ONSET + 14), "days": ONSET + 21}
    stopping = [cohort(seed, figures, {"stopping": 42}, mark=mark, **spread) for mark in ("7", "14") for seed in seeds]
    patients = join(newcomers + stopping)
    people, rows = patients.people, patients.rows
    every = people["mark"].map({"7": 7, "14": 14})
    clinic.admit(store, patients)
    clinic.upload(store, patients, rows[rows["day"] < ONSET], ONSET - 1)
    first_day = clinic.look(store, patients, ONSET - 1)
    seen = pandas.Series(numpy.nan, people.index)
    for day in range(ONSET + 6, ONSET + 28, 7):
        age = (day - ONSET + 1) % every
        is_sent = (age == 0)[rows["person"]].to_numpy() & rows["day"].between(day - 27, day)
        clinic.upload(store, patients, rows[is_sent], day)
        is_first = clinic.look(store, patients, day)["review_group"] == "first"
        seen = seen.mask(is_first & (people["stopped_on"] <= day - age) & seen.isna(), day)
    is_in_time = seen - people["stopped_on"] <= 13
    has_stopped = people["stopped_on"].notna()
    return {
        "first import": _share(first_day, FIRST, people["mark"] == "new"),
        "weekly uploads": _percent(is_in_time, has_stopped & (every == 7)),
        "uploads every 14 days": _percent(is_in_time, has_stopped & (every == 14)),
    }


def reviewed_weekly(store: Store, seeds: list[int], figures: Figures) -> Measures:
    """One upload and one look a week, from the first week on. Of the mix, everybody in first or soon is then reviewed;
    of the stable patients once more, and of those who stop sessions for another cause, everybody in first."""
    patients = join(
        [cohort(seed, figures) for seed in seeds]
        + [cohort(seed, figures, STABLE_ONLY, mark="stable") for seed in seeds]
        + [cohort(seed, figures, STABLE_ONLY, mark="stopping", stops=STOPS) for seed in seeds]
    )
    clinic.admit(store, patients)
    looks = _rounds(store, patients, WEEKLY)
    mix, stable, stopping = (looks[DAY_7][looks[DAY_7]["mark"] == mark] for mark in ("", "stable", "stopping"))
    return {
        "mix first": _of_mix(mix, FIRST, 100 * len(seeds)),
        "mix soon": _of_mix(mix, ["soon"], 100 * len(seeds)),
        "drifting, weekly": _share(mix, SOON, mix["kind"] == "drifting"),
        "habitual, weekly": _share(mix, SOON, mix["kind"] == "habitual"),
        "weekly reviews": _share(stable, FIRST),
        "stopping first, reviewed": _share(stopping, FIRST),
    }


def reviewed_daily(store: Store, seeds: list[int], figures: Figures) -> Measures:
    """The stable patients with an upload and a look each day from a few days before the last week on; everybody in
    first is reviewed."""
    patients = join([cohort(seed, figures, STABLE_ONLY, mark="stable") for seed in seeds])
    clinic.admit(store, patients)
    looks = _rounds(store, patients, range(ONSET - 3, DAYS))
    week = pandas.concat([looks[day] for day in range(ONSET + 1, DAYS)])
    reviews = (week["review_group"] == "first").sum()
    return {"daily reviews": Measure(100 * reviews / len(patients.people), len(patients.people))}


def _rounds(store: Store, patients: Cohort, days: Iterable[int]) -> dict[int, pandas.DataFrame]:
    """On each of these days upload what is new, look, and review: the stable who are in first, of others those in soon
    too. Patients come under review in turns, a quarter of them with each of the first four looks, because the severe
    are due again after 28 days and would otherwise come back all at once."""
    looks = {}
    before = -1
    for number, day in enumerate(days):
        clinic.upload(store, patients, patients.rows[patients.rows["day"].between(before + 1, day)], day)
        looked = looks[day] = clinic.look(store, patients, day)
        is_first = looked["review_group"] == "first"
        is_soon = (looked["review_group"] == "soon") & (looked["mark"] == "")
        has_begun = looked.index % 4 <= number
        clinic.review(store, looked.loc[has_begun & (is_first | is_soon), "patient_id"], day)
        before = day
    return looks


def _of_mix(looked: pandas.DataFrame, groups: list[str], patients: int) -> Measure:
    """How many of 100 patients of the mix stand in these groups."""
    counts = [number * _share(looked, groups, looked["kind"].isin(kinds)).value / 100 for number, kinds in MIX]
    return Measure(sum(counts), patients)


def _share(looked: pandas.DataFrame, groups: list[str], among: pandas.Series | bool = True) -> Measure:
    """How many of the patients stand in one of the groups; over several looks, on average."""
    chosen = looked[among] if isinstance(among, pandas.Series) else looked
    return Measure(100 * chosen["review_group"].isin(groups).mean(), chosen["patient_id"].nunique())


def _percent(holds: pandas.Series, among: pandas.Series) -> Measure:
    return Measure(100 * holds[among].mean(), int(among.sum()))
