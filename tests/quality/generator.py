"""Simulated pain logs whose truth is known: who is stable, who is aggravated and since when, who stops.

A cohort is drawn from its seed alone, so that seed 7 is the same patients in every run. The figures are those of
README.md, each with its source. Days count from 0; arrays have the axes patient, day, session of the day, row.
"""

from dataclasses import dataclass

import numpy
import pandas

DAYS = 36
ONSET = 28
SESSIONS, ROWS = 3, 4
STABLE = ("calm", "noisy", "sparse", "three_a_day", "rounding", "ceiling", "floor")
AGGRAVATED = ("abrupt", "provoked", "stopping")
COHORT = dict.fromkeys(STABLE, 20) | dict.fromkeys(AGGRAVATED, 12)
COHORT |= {"improving": 8} | dict.fromkeys(("drifting", "habitual", "spike", "newcomer"), 7)


@dataclass(frozen=True)
class Figures:
    """What the sensitivity runs change: a factor on every standard deviation, one on the share of flares, and the share
    of patients whom the roster calls severe."""

    noise: float = 1
    flares: float = 1
    severe: float = 0.15


@dataclass(frozen=True)
class Cohort:
    """Simulated patients and what they log.

    `people` has a row per patient; `sessions` one per session, with `rise`, how far its written scores climb; `rows`
    one per line of the log. `person` is a patient's place in `people`.
    """

    people: pandas.DataFrame
    sessions: pandas.DataFrame
    rows: pandas.DataFrame


def cohort(
    seed: int,
    figures: Figures,
    kinds: dict[str, int] = COHORT,
    *,
    mark: str = "",
    onset: int | range = ONSET,
    days: int = DAYS,
    stops: float = 0,
    split: bool = False,
) -> Cohort:
    """The patients of one seed: so many of each of `kinds`, aggravated from the day `onset` on, or in turns from each
    of several days.

    `mark` is put into their ids, where a store holds the same patients more than once. `stops` is the share of sessions
    that they stop early for another cause than pain. With `split` everybody logs each session in four rows, with pain
    before on the first of them only.
    """
    rng = numpy.random.default_rng(seed)
    people = _people(rng, kinds, figures)
    people.insert(0, "patient_id", [f"s{seed:02}{mark}-{number:03}" for number in range(1, len(people) + 1)])
    people.insert(0, "seed", seed)
    people.insert(1, "mark", mark)
    people["onset"] = numpy.resize(onset, len(people))
    if split:
        people["rows"] = ROWS
    before, peaks = _written(rng, people, *_felt(rng, people, days))
    is_logged = _logged(rng, people, days)
    _plant_spikes(rng, people, before, peaks, is_logged)
    if split:
        before[..., 1:] = numpy.nan
    rise = _written_rise(before, peaks)
    _stop_after_first_rise(people, rise, is_logged)
    is_stopped = numpy.random.default_rng([seed, 1]).random(is_logged.shape) < stops
    started = _started(numpy.random.default_rng([seed, 2]), is_logged.shape)
    return Cohort(
        people,
        _session_table(is_logged, started, rise, is_stopped),
        _row_table(people, is_logged, started, before, peaks, is_stopped),
    )


def join(cohorts: list[Cohort]) -> Cohort:
    """Several cohorts as one."""
    first = numpy.cumsum([0, *(len(one.people) for one in cohorts)])
    moved = [
        (one.sessions.assign(person=one.sessions["person"] + start), one.rows.assign(person=one.rows["person"] + start))
        for one, start in zip(cohorts, first, strict=False)
    ]
    people = pandas.concat([one.people for one in cohorts], ignore_index=True)
    return Cohort(people, *(pandas.concat(tables, ignore_index=True) for tables in zip(*moved, strict=True)))


def _people(rng: numpy.random.Generator, kinds: dict[str, int], figures: Figures) -> pandas.DataFrame:
    """Who the patients are, in an order that says nothing of their kind."""
    kind = rng.permutation(numpy.repeat(list(kinds), list(kinds.values())))
    number = len(kind)
    is_noisy = _by_kind(kind, rng.random(number) < 0.5, calm=False, noisy=True)
    people = pandas.DataFrame({"kind": kind, "is_noisy": is_noisy})
    people["is_severe"] = rng.random(number) < figures.severe
    people["level"] = _by_kind(
        kind,
        rng.uniform(1, 6, number),
        ceiling=rng.uniform(8, 9.3, number),
        floor=rng.uniform(0, 0.8, number),
        improving=rng.uniform(4, 6, number),
    )
    people["day_sd"] = figures.noise * rng.uniform(numpy.where(is_noisy, 1.2, 0.6), numpy.where(is_noisy, 1.8, 1.0))
    people["change"] = rng.normal(numpy.where(kind == "habitual", 2, -0.2), 0.35)
    people["session_sd"] = people["error_sd"] = figures.noise * numpy.where(is_noisy, 0.8, 0.5)
    people["flares"] = figures.flares * numpy.where(is_noisy, 0.04, 0.012)
    people["added"] = numpy.maximum(rng.normal(2.2, 0.45, number), 1.5) * numpy.isin(kind, AGGRAVATED)
    people["provoking_row"] = rng.integers(ROWS, size=number)
    step = numpy.where(rng.random(number) < 0.94, 1, 0.1)
    people["step"] = _by_kind(kind, step, rounding=rng.choice([2, 2.5], number))
    people["rows"] = _by_kind(kind, rng.choice([1, ROWS], number), provoked=ROWS)
    people["asks_during"] = (people["rows"] == ROWS) | (rng.random(number) >= 0.4)
    people["missing"] = rng.uniform(0.03, 0.08, number)
    people["attends"] = _by_kind(kind, rng.uniform(0.6, 0.95, number), sparse=0.36)
    people["sessions_a_day"] = _by_kind(kind, rng.integers(1, SESSIONS + 1, number), three_a_day=SESSIONS)
    return people


def _by_kind(kind: numpy.ndarray, usually: numpy.ndarray, **of_kind: numpy.ndarray | float) -> numpy.ndarray:
    return numpy.select([kind == name for name in of_kind], list(of_kind.values()), usually)


def _felt(rng: numpy.random.Generator, people: pandas.DataFrame, days: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Pain at the beginning of each row and at its worst.

    What a session changes comes in equal parts with each of its rows, except for what one exercise provokes, which is
    felt with that exercise alone.
    """
    resting = _resting(rng, people, days)[..., None, None]
    change, added = _changes(rng, people, days)
    is_provoked = (people["kind"] == "provoked").to_numpy()[:, None, None]
    progress = (numpy.arange(ROWS + 1) / people["rows"].to_numpy()[:, None])[:, None, None, :]
    course = resting + (change + numpy.where(is_provoked, 0, added))[..., None] * progress
    is_provoking = is_provoked[..., None] & (_column(people, "provoking_row", 4) == numpy.arange(ROWS))
    return course[..., :-1], course[..., 1:] + numpy.where(is_provoking, added[..., None], 0)


def _resting(rng: numpy.random.Generator, people: pandas.DataFrame, days: int) -> numpy.ndarray:
    """Pain at rest, by patient and day."""
    swing = rng.standard_normal((len(people), days))
    for day in range(1, days):
        swing[:, day] = 0.4 * swing[:, day - 1] + numpy.sqrt(1 - 0.4**2) * swing[:, day]
    day = numpy.arange(days)
    trend = numpy.where(_is_kind(people, "improving", 2), -0.5 / 7 * day, 0)
    trend += numpy.where(_is_kind(people, "drifting", 2), 0.25 / 7 * numpy.maximum(day - 14, 0), 0)
    trend += numpy.where((_column(people, "added", 2) > 0) & (day >= _column(people, "onset", 2)), 0.4, 0)
    return _column(people, "level", 2) + _column(people, "day_sd", 2) * swing + trend


def _changes(rng: numpy.random.Generator, people: pandas.DataFrame, days: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """By how much each session changes pain: by itself, and what an aggravation adds."""
    shape = (len(people), days, SESSIONS)
    change = _column(people, "change", 3) + _column(people, "session_sd", 3) * rng.standard_normal(shape)
    change += numpy.where(rng.random(shape) < _column(people, "flares", 3), rng.uniform(2, 4, shape), 0)
    day = numpy.arange(days)[:, None]
    change += numpy.where(_is_kind(people, "drifting", 3), 0.5 / 7 * numpy.maximum(day - 14, 0), 0)
    added = numpy.where(
        (rng.random(shape) < 0.9) & (day >= _column(people, "onset", 3)), _column(people, "added", 3), 0
    )
    return change, added


def _written(
    rng: numpy.random.Generator, people: pandas.DataFrame, before: numpy.ndarray, peak: numpy.ndarray
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The scores as the patients write them; NaN where there is none. The second of the two has during and after."""
    felt = numpy.stack([before, peak, peak], axis=-1)
    of_session = rng.standard_normal(felt.shape[:3])[..., None, None]
    error = numpy.sqrt(0.75) * of_session + numpy.sqrt(0.25) * rng.standard_normal(felt.shape)
    step = _column(people, "step", 5)
    written = numpy.clip(numpy.rint((felt + _column(people, "error_sd", 5) * error) / step) * step, 0, 10)
    is_missing = rng.random(felt.shape) < _column(people, "missing", 5)
    is_missing[..., 1] |= ~_column(people, "asks_during", 4)
    is_missing |= (numpy.arange(ROWS) >= _column(people, "rows", 4))[..., None]
    written[is_missing] = numpy.nan
    return written[..., 0].round(1), written[..., 1:].round(1)


def _logged(rng: numpy.random.Generator, people: pandas.DataFrame, days: int) -> numpy.ndarray:
    """Which sessions there are, by patient, day and session of the day; newcomers have been there for a week."""
    is_day = rng.random((len(people), days)) < _column(people, "attends", 2)
    is_day &= ~_is_kind(people, "newcomer", 2) | (numpy.arange(days) >= days - 7)
    return is_day[..., None] & (numpy.arange(SESSIONS) < _column(people, "sessions_a_day", 3))


def _plant_spikes(
    rng: numpy.random.Generator,
    people: pandas.DataFrame,
    before: numpy.ndarray,
    peaks: numpy.ndarray,
    is_logged: numpy.ndarray,
) -> None:
    """Give those with a single spike one session, in the last week, at whose end they write 3, 4
    or 5 more than at its beginning."""
    person = numpy.flatnonzero(people["kind"] == "spike")
    day = is_logged.shape[1] - 1 - rng.integers(7, size=len(person))
    session = rng.integers(people["sessions_a_day"].to_numpy()[person])
    size = rng.integers(3, 6, len(person))
    start = numpy.minimum(numpy.nan_to_num(before[person, day, session, 0]), 10 - size)
    is_logged[person, day] |= numpy.arange(SESSIONS) <= session[:, None]
    before[person, day, session, 0] = start
    peaks[person, day, session, people["rows"].to_numpy()[person] - 1, 1] = start + size


def _written_rise(before: numpy.ndarray, peaks: numpy.ndarray) -> numpy.ndarray:
    """How far the scores of a session climb, as anybody would read them: from the before of a row to its own peak, or
    from the session's first before to a later peak. NaN where that cannot be read."""
    peak = numpy.fmax(peaks[..., 0], peaks[..., 1])
    return numpy.fmax.reduce(numpy.fmax(peak - before, peak - before[..., :1]), axis=-1).round(6)


def _stop_after_first_rise(people: pandas.DataFrame, rise: numpy.ndarray, is_logged: numpy.ndarray) -> None:
    """Let those who stop log nothing after their first rise of 2 since the onset, and note its day (NaN: not yet)."""
    flat = (len(people), -1)
    is_since = numpy.arange(rise.shape[1])[:, None] >= _column(people, "onset", 3)
    is_rise = (is_logged & is_since & (rise >= 2) & _is_kind(people, "stopping", 3)).reshape(flat)
    is_after = numpy.cumsum(is_rise, axis=1) - is_rise > 0
    is_logged &= ~is_after.reshape(rise.shape)
    people["stopped_on"] = numpy.where(is_rise.any(axis=1), is_rise.argmax(axis=1) // SESSIONS, numpy.nan)


def _started(rng: numpy.random.Generator, shape: tuple[int, ...]) -> numpy.ndarray:
    """The minute of the day at which each session starts: in the morning, at midday and in the evening."""
    return numpy.array([8, 13, 18]) * 60 + rng.integers(90, size=shape)


def _session_table(
    is_logged: numpy.ndarray, started: numpy.ndarray, rise: numpy.ndarray, is_stopped: numpy.ndarray
) -> pandas.DataFrame:
    person, day, _ = numpy.nonzero(is_logged)
    return pandas.DataFrame(
        {"person": person, "day": day, "minute": started[is_logged]}
        | {"rise": rise[is_logged], "is_stopped": is_stopped[is_logged]}
    )


def _row_table(
    people: pandas.DataFrame,
    is_logged: numpy.ndarray,
    started: numpy.ndarray,
    before: numpy.ndarray,
    peaks: numpy.ndarray,
    is_stopped: numpy.ndarray,
) -> pandas.DataFrame:
    """A row per line; the rows of a session stand five minutes apart, and the last one says that it was stopped."""
    rows = people["rows"].to_numpy()
    is_row = is_logged[..., None] & (numpy.arange(ROWS) < rows[:, None, None, None])
    person, day, session, row = numpy.nonzero(is_row)
    return pandas.DataFrame(
        {
            "person": person,
            "day": day,
            "minute": started[person, day, session] + 5 * row,
            "exercise": numpy.where(rows[person] == 1, ROWS, row),
            "pain_before": before[is_row],
            "pain_during": peaks[is_row][:, 0],
            "pain_after": peaks[is_row][:, 1],
            "is_stopped": is_stopped[person, day, session] & (row == rows[person] - 1),
        }
    )


def _column(people: pandas.DataFrame, name: str, axes: int) -> numpy.ndarray:
    """A column of the patients, to be set against an array of so many axes."""
    return people[name].to_numpy().reshape(-1, *[1] * (axes - 1))


def _is_kind(people: pandas.DataFrame, kind: str, axes: int) -> numpy.ndarray:
    return _column(people, "kind", axes) == kind
