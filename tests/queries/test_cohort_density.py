"""Many patients by adherence and pain. Every value is worked out by hand."""

import datetime

import queries
from tests.queries.conftest import AS_OF

# Each has four days of data, 26 to 29 March. A and B do a quarter of the programme on each day, C and D all of it, E on
# one of the four days a quarter. A's peaks are 4 and 5, so their median is 4.5; F says nothing of pain.
QUARTER = ("pelvic_tilt", 5)
ALL = (QUARTER, ("knee_to_chest", 10), ("hip_joint", 10), ("ankle_flexion", 10))


def lines(patient, days, exercises, before, during):
    return "".join(
        f"{patient},2026-03-{day},{exercise},{reps},{before},{during}\n" for day in days for exercise, reps in exercises
    )


LOG = "patient_id,performed_at,exercise,reps,pain_before,pain_during\n" + "".join(
    [
        lines("A", (26, 27), [QUARTER], 4, 4) + lines("A", (28, 29), [QUARTER], 5, 5),
        lines("B", (26, 27, 28, 29), [QUARTER], 3, 4) + "",
        lines("C", (26, 27, 28, 29), ALL, 2, 2),
        lines("D", (26, 27, 28, 29), ALL, 2, 2),
        lines("E", (26,), [QUARTER], 2, 2),
        lines("F", (26, 27, 28, 29), ALL, "", ""),
    ]
)
ROSTER = "patient_id,programme_start\n" + "".join(f"{patient},2026-03-26\n" for patient in "ABCDEF")


def test_patients_are_counted_by_steps_of_adherence_and_pain_and_by_whether_any_session_rose(clinic):
    made = clinic(LOG, ROSTER)
    since = AS_OF - datetime.timedelta(days=27)
    names, rows = queries.answer(
        made.store, "cohort_density", as_of=AS_OF, since=since, severity=[], site=[], clinician=[]
    )
    assert names == ["adherence_from", "median_peak", "rises", "patients", "patient_ids"]
    assert rows == [
        (0.05, 2.0, False, 1, ["E"]),
        (0.25, 4.0, True, 1, ["B"]),
        (0.25, 4.5, False, 1, ["A"]),
        (0.95, 2.0, False, 2, ["C", "D"]),
    ]
