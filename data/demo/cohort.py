"""The demo's patients: what 48 simulated people log in twelve weeks, each of them on a planted course."""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

DAYS = 84
PER_SIDE = ("knee_to_chest", "hip_joint", "ankle_flexion")
PROGRAMME = ("pelvic_tilt", *PER_SIDE)

_IDS = {
    "stable": "P002 P018 P024 P035 P041",
    "improving": "P004 P008 P011 P031",
    "aggravated": "P019 P026 P032 P039 P040",
    "drifting": "P001 P020 P036 P037",
    "silent_after_rise": "P007 P009 P015",
    "silent": "P006 P014 P023",
    "one_spike": "P005 P016",
    "newcomer": "P030",
    "left_unreviewed": "P043",
    "relieved": "P017 P025",
    "off_programme": "P003 P027 P028 P044",
    "no_after_score": "P013 P048",
    "no_before_score": "P047",
    "low_adherence": "P010 P034 P046",
    "severe": "P042",
    "severe_with_rise": "P021 P029",
    "noisy": "P022 P033 P038",
    "no_recent_upload": "P045",
    "without_log": "P012",
}
COURSES = {patient_id: course for course, ids in _IDS.items() for patient_id in ids.split()}

# Who also does something, every other session, that the programme advises against or does not know.
_EXTRA = {"P003": "heel_raise", "P027": "squat", "P028": "bridge", "P040": "squat", "P044": "Stationary bike"}


@dataclass(frozen=True)
class Course:
    """How a patient's weeks go. Pain at rest and the share of sessions with a rise move from the first to the second
    of their two numbers over the last `days`. Days are counted back from the patient's last session day, which is 0.
    """

    resting: tuple[float, float] = (3.2, 3.0)
    rises: tuple[float, float] = (0.12, 0.12)
    days: int = DAYS
    sizes: tuple[float, ...] = (1,)  # how large those rises are
    planted: dict[int, float] = field(default_factory=dict)  # day → a rise that is sure to happen
    rests: tuple[int, ...] = ()  # days that are sure to have no session
    swing: float = 0.4  # how far pain at rest strays from day to day
    attends: float = 0.8  # share of days with a session
    every: int = 1  # days from one chance of a session to the next
    silence: tuple[int, int] = (0, 0)  # fewest and most days from the last session to the upload
    lacks: tuple[str, ...] = ()  # scores that this patient never writes down
    begun: int = DAYS  # most days since the start of the programme


_COURSES = {
    "stable": Course(),
    "improving": Course(resting=(5.5, 1.5), rises=(0.4, 0.0), sizes=(1, 1, 2), attends=0.85),
    "aggravated": Course(
        resting=(4.0, 5.0), rises=(0.1, 0.6), days=7, sizes=(1, 2, 2, 3), planted={5: 2, 3: 3, 1: 3}, attends=0.95
    ),
    "drifting": Course(resting=(2.8, 5.4), rises=(0.1, 1.0), days=28, attends=0.88),
    "silent_after_rise": Course(rises=(0.12, 0.0), planted={0: 2}, silence=(8, 18)),
    "silent": Course(rises=(0.12, 0.0), planted={0: 0}, silence=(8, 18)),
    "one_spike": Course(resting=(2.2, 2.0), rises=(0.08, 0.0), planted={3: 3}, rests=(2,)),
    "newcomer": Course(planted={3: 0, 1: 3}, attends=0.0, begun=5),
    "left_unreviewed": Course(rises=(0.0, 0.0), planted={44: 3}, attends=0.9),
    "relieved": Course(resting=(5.2, 2.4), rises=(0.0, 0.0), days=24, swing=0.3, attends=0.95),
    "off_programme": Course(resting=(2.6, 2.4), rises=(0.1, 0.0), planted={4: 0, 1: 0}),
    "no_after_score": Course(lacks=("pain_during", "pain_after")),
    "no_before_score": Course(lacks=("pain_before",)),
    "low_adherence": Course(rises=(0.1, 0.0), attends=1.0, every=4),
    "severe": Course(resting=(6.0, 5.6), rises=(0.1, 0.0)),
    "severe_with_rise": Course(resting=(5.8, 5.6), rises=(0.1, 0.2), planted={4: 2, 2: 1, 1: 2}),
    "noisy": Course(resting=(3.8, 3.8), rises=(0.6, 0.6), sizes=(1, 1, 1, 2), swing=1.4),
    "no_recent_upload": Course(silence=(1, 1)),
    "without_log": Course(),
}

_NOTES = {
    "en": ("slept badly", "did it in bed", "went well", "in a hurry today", "long walk yesterday", "no numbness today"),
    "ko": ("잠을 설침", "침대에서 했음", "오늘은 가벼움", "시간이 없어 짧게 함", "어제 많이 걸음", "저림 없음"),
}
_NOTES_AFTER_A_RISE = {
    "en": ("numbness in the left foot", "pulling pain in the calf", "tingling down the leg", "had to lie still after"),
    "ko": ("종아리 저림", "허벅지가 당김", "발끝이 저림", "끝나고 한참 쉬었음"),
}


@dataclass(frozen=True)
class Patient:
    """One line of the roster; the fields are the contract's columns."""

    patient_id: str
    severity: str | None
    zcq_symptom: float | None
    odi: int | None
    programme_start: datetime.date
    birth_year: int
    sex: str
    site: str
    clinician: str


@dataclass(frozen=True)
class Done:
    """One exercise as a patient did it; `stopped_early` says that the session ended with it."""

    patient_id: str
    performed_at: datetime.datetime
    session_id: str
    exercise: str
    sets: int
    left_reps: int
    right_reps: int
    duration_s: int
    pain_before: float | None
    pain_during: float | None
    pain_after: float | None
    stopped_early: bool
    notes: str | None


@dataclass(frozen=True)
class _Habits:
    """What stays the same with one patient: when, how often and how much."""

    level: float
    hours: tuple[int, ...]
    reps: dict[str, int]
    weaker_side: str
    language: str
    away: range


def patients(until: datetime.date, seed: int) -> list[Patient]:
    """The roster on the day `until`."""
    return [_patient(patient_id, until, seed) for patient_id in sorted(COURSES)]


def log(patient: Patient, last_day: datetime.date, seed: int) -> Iterator[Done]:
    """Everything that a patient did from the start of the programme to `last_day`, in the order of time."""
    rng = _random(patient.patient_id, "log", seed)
    course = _COURSES[COURSES[patient.patient_id]]
    habits = _habits(rng, patient)
    last_day -= datetime.timedelta(days=rng.randint(*course.silence))
    sessions = 0
    for back in range((last_day - patient.programme_start).days, -1, -1):
        if not _attends(rng, course, habits, back):
            continue
        for hour in habits.hours if rng.random() < 0.3 else habits.hours[:1]:
            sessions += 1
            day = last_day - datetime.timedelta(days=back)
            start = datetime.datetime.combine(day, datetime.time(hour, rng.randrange(60)))
            before, rise = _pain(rng, course, habits, back)
            yield from _session(rng, course, habits, patient.patient_id, sessions, start, before, rise)
            if rise >= 2 or back in course.planted:
                break


def _random(*of: object) -> random.Random:
    return random.Random(" ".join(map(str, of)))  # noqa: S311 - simulated scores, no secrets


def _patient(patient_id: str, until: datetime.date, seed: int) -> Patient:
    rng = _random(patient_id, "roster", seed)
    course = _COURSES[COURSES[patient_id]]
    band = "severe" if COURSES[patient_id].startswith("severe") else "mild" if course.resting[1] < 3.5 else "moderate"
    zcq = {"mild": (1.2, 1.9), "moderate": (2.1, 2.9), "severe": (3.1, 4.2)}[band]
    odi = {"mild": (8, 20), "moderate": (22, 40), "severe": (42, 66)}[band]
    told = rng.choice(("severity", "severity", "severity", "severity", "zcq_symptom", "zcq_symptom", "odi", "nothing"))
    number = int(patient_id[1:])
    return Patient(
        patient_id,
        severity=band if told == "severity" or (band == "severe" and told == "nothing") else None,
        zcq_symptom=round(rng.uniform(*zcq), 2) if told == "zcq_symptom" else None,
        odi=rng.randint(*odi) // 2 * 2 if told == "odi" else None,
        programme_start=until
        - datetime.timedelta(days=min(course.begun, DAYS - 1 - rng.choice((0, 0, 7, 14, 21, 28)))),
        birth_year=until.year - rng.randint(58, 83),
        sex=rng.choice(("female", "female", "male")),
        site="North" if number <= 16 else "River" if number <= 30 else "Hill",
        clinician=rng.choice(("Therapist A", "Therapist B", "Therapist C", "Therapist D")),
    )


def _habits(rng: random.Random, patient: Patient) -> _Habits:
    morning, evening = rng.choice((7, 8, 9)), rng.choice((17, 18, 19))
    away_until = rng.randint(12, 60)
    return _Habits(
        level=rng.uniform(-0.7, 0.7),
        hours=rng.choice(((morning,), (morning,), (evening,), (evening,), (morning, evening))),
        reps={
            "pelvic_tilt": rng.choice((5, 5, 8, 10)),
            "knee_to_chest": 10,
            "hip_joint": rng.choice((10, 10, 12)),
            "ankle_flexion": rng.choice((10, 15, 20)),
        },
        weaker_side=rng.choice(("left", "right")),
        language="ko" if patient.site == "River" else "en",
        away=range(away_until, away_until + rng.choice((0, 0, 4, 6))),
    )


def _attends(rng: random.Random, course: Course, habits: _Habits, back: int) -> bool:
    if back in course.planted:
        return True
    if back in course.rests or back in habits.away or back % course.every:
        return False
    return rng.random() < course.attends


def _pain(rng: random.Random, course: Course, habits: _Habits, back: int) -> tuple[float, float]:
    """Pain at rest at the start of a session, and by how much the session will raise it."""
    progress = max(0.0, 1 - back / course.days)
    resting, rises = (first + (last - first) * progress for first, last in (course.resting, course.rises))
    before = round(min(max(resting + habits.level + rng.gauss(0, course.swing), 0), 8))
    half = 0.5 if rng.random() < 0.06 else 0
    by_chance = rng.random() < rises
    size = rng.choice(course.sizes if progress else (1,)) if by_chance else 0
    return before + half, course.planted.get(back, size)


def _session(
    rng: random.Random,
    course: Course,
    habits: _Habits,
    patient_id: str,
    number: int,
    start: datetime.datetime,
    before: float,
    rise: float,
) -> Iterator[Done]:
    """The exercises of one session, a few minutes apart; one brings the rise, and may end the session."""
    extra = _EXTRA.get(patient_id) if number % 2 else None
    exercises = (*PROGRAMME, extra) if extra else PROGRAMME
    provoking = extra or rng.choice(exercises)
    stops = rise >= 2 and rng.random() < 0.5
    moment = start
    for exercise in exercises:
        if exercise != provoking and rng.random() < 0.03:
            continue
        hurts = rise if exercise == provoking else 0
        sets, left, right = _dose(rng, habits, exercise)
        duration = (left + right) * sets * rng.choice((3, 4, 5))
        stopped = stops and exercise == provoking
        yield Done(
            patient_id,
            performed_at=moment,
            session_id=f"{patient_id}-{number}",
            exercise=exercise,
            sets=sets,
            left_reps=left,
            right_reps=right,
            duration_s=duration,
            **_scores(rng, course, before, hurts),
            stopped_early=stopped,
            notes=_note(rng, habits.language, hurts),
        )
        if stopped:
            return
        moment += datetime.timedelta(minutes=1 + duration // 60 + rng.randrange(3))
        eases = 1 if rng.random() < 0.12 else 0
        before = before + 1 if hurts >= 2 else max(before - eases, 0)


def _dose(rng: random.Random, habits: _Habits, exercise: str) -> tuple[int, int, int]:
    """Sets, and the repetitions on the left and on the right; once in a while too many, or fewer on the weaker side."""
    reps = habits.reps.get(exercise, 10)
    if exercise == "knee_to_chest" and rng.random() < 0.006:
        return 2, 15, 15
    fewer = rng.choice((1, 2, 3)) if rng.random() < 0.15 else 0
    if exercise in PER_SIDE and habits.weaker_side == "left":
        return 1, reps - fewer, reps
    if exercise in PER_SIDE:
        return 1, reps, reps - fewer
    return 1, reps, reps


def _scores(rng: random.Random, course: Course, before: float, rise: float) -> dict[str, float | None]:
    """The three scores of one exercise; now and then one is forgotten, though never where it hurt."""
    during = before + rise
    after = during if rng.random() < 0.4 else before + rise // 2
    if not rise and rng.random() < 0.2:
        after = max(before - 1, 0)
    scores = {"pain_before": before, "pain_during": during, "pain_after": after}
    forgotten = rng.choice(tuple(scores)) if not rise and rng.random() < 0.06 else None
    return {
        name: None if name == forgotten or name in course.lacks else min(score, 10) for name, score in scores.items()
    }


def _note(rng: random.Random, language: str, rise: float) -> str | None:
    if rise >= 2 and rng.random() < 0.5:
        return rng.choice(_NOTES_AFTER_A_RISE[language])
    return rng.choice(_NOTES[language]) if rng.random() < 0.015 else None
