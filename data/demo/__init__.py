"""The demo cohort: simulated patients, as the CSV exports of several apps that a clinic would get from them."""

import csv
import datetime
import io
from collections.abc import Iterable
from dataclasses import dataclass

from data import contract
from data.demo import cohort
from data.demo.cohort import COURSES, Done, Patient
from data.importing import import_file
from data.store import Store

__all__ = ["COURSES", "Export", "exports", "load"]

SEED = 20
RECEIVED = datetime.time(21, 30)
# When the older of the two files came that one patient sends; whatever it held has waited since then.
OLDER = 41

# The exercises and sides as the app of one site names them, and the exercises as that of another does.
_KOREAN = {
    "pelvic_tilt": "골반 기울이기",
    "knee_to_chest": "무릎 가슴 당기기",
    "hip_joint": "고관절 운동",
    "ankle_flexion": "발목 굽히기",
    "squat": "스쿼트",
    "bridge": "브릿지",
    "heel_raise": "뒤꿈치 들기",
}
_ENGLISH = {
    "pelvic_tilt": "Pelvic tilts",
    "knee_to_chest": "Knee to chest",
    "hip_joint": "Hip exercise",
    "ankle_flexion": "Ankle pumps",
    "squat": "Squats",
}


@dataclass(frozen=True)
class Export:
    """One file as a clinic receives it; `patient` is set where the file does not say whose log it is."""

    name: str
    content: bytes
    patient: str | None
    uploaded_days_ago: int


def load(store: Store, now: datetime.datetime) -> None:
    """Import the whole cohort as it stands now. Raises RuntimeError if a file is not taken."""
    for export in exports(now):
        received = _received(now, export.uploaded_days_ago)
        result = import_file(
            store, io.BytesIO(export.content), export.name, patient=export.patient, by="demo", uploaded_at=received
        )
        if result.status != "imported":
            raise RuntimeError(f"The demo's {export.name} was not imported: {result.reason}")


def exports(now: datetime.datetime, seed: int = SEED) -> list[Export]:
    """The files of twelve weeks ending now, the oldest upload first; same moment and seed, same bytes."""
    roster = cohort.patients(now.date(), seed)

    def done(first: int, last: int, days_ago: int) -> list[Done]:
        received = _received(now, days_ago)
        chosen = [patient for patient in roster[first - 1 : last] if COURSES[patient.patient_id] != "without_log"]
        entries = [entry for patient in chosen for entry in cohort.log(patient, received.date(), seed)]
        return [entry for entry in entries if entry.performed_at <= received]

    single = {44: 1, 45: 15, 46: 0, 47: 0, 48: 1}
    older = _received(now, OLDER)
    twice = done(43, 43, 0)
    files = [
        Export("roster.csv", _roster(roster).encode(), None, 1),
        Export("north-log.csv", _canonical(done(1, 16, 0)).encode(), None, 0),
        Export("river-운동기록-1.csv", _korean(done(17, 23, 0), "%Y-%m-%d %H:%M").encode("utf-8-sig"), None, 0),
        Export("river-운동기록-2.csv", _korean(done(24, 30, 1), "%Y. %m. %d. %H:%M").encode("cp949"), None, 1),
        Export("hill-app.csv", _left_and_right(done(31, 42, 0)).encode(), None, 0),
        Export(
            "hill-diary-43-1.csv", _diary([row for row in twice if row.performed_at <= older]).encode(), "P043", OLDER
        ),
        Export("hill-diary-43-2.csv", _diary([row for row in twice if row.performed_at > older]).encode(), "P043", 0),
        *(
            Export(f"hill-diary-{number}.csv", _diary(done(number, number, days)).encode(), f"P{number:03}", days)
            for number, days in single.items()
        ),
    ]
    return sorted(files, key=lambda file: -file.uploaded_days_ago)


def _received(now: datetime.datetime, days_ago: int) -> datetime.datetime:
    """When an export came: in the evening of its day, or by now on the day itself."""
    return min(now, datetime.datetime.combine(now.date() - datetime.timedelta(days=days_ago), RECEIVED))


def _roster(patients: list[Patient]) -> str:
    header = list(contract.columns("roster"))
    return _csv(header, ([vars(patient).get(column) for column in header] for patient in patients))


def _canonical(log: list[Done]) -> str:
    """The contract's own columns; both sides on one line."""
    header = list(contract.columns("log"))

    def cells(done: Done) -> dict[str, object]:
        return vars(done) | {
            "performed_at": f"{done.performed_at:%Y-%m-%d %H:%M}",
            "side": "both" if done.exercise in cohort.PER_SIDE else None,
            "reps": min(done.left_reps, done.right_reps),
            "stopped_early": "yes" if done.stopped_early else "no",
        }

    return _csv(header, ([row.get(column) for column in header] for row in map(cells, log)))


def _korean(log: list[Done], moment: str) -> str:
    """Korean words, a semicolon, and a line for each side of the knee-to-chest stretch."""
    header = ["환자번호", "운동일시", "운동", "좌우", "세트", "횟수"]
    header += ["운동 전 통증", "운동 중 통증", "운동 후 통증", "중도중단", "메모"]

    def sides(done: Done) -> list[tuple[str, int]]:
        if done.exercise == "knee_to_chest":
            return [("왼쪽", done.left_reps), ("오른쪽", done.right_reps)]
        return [("양쪽" if done.exercise in cohort.PER_SIDE else "", min(done.left_reps, done.right_reps))]

    return _csv(
        header,
        (
            [
                *(done.patient_id, done.performed_at.strftime(moment), _KOREAN[done.exercise], side, done.sets, reps),
                *(done.pain_before, done.pain_during, done.pain_after, "예" if done.stopped_early else "아니오"),
                done.notes,
            ]
            for done in log
            for side, reps in sides(done)
        ),
        delimiter=";",
    )


def _left_and_right(log: list[Done]) -> str:
    """Left and right in columns of their own, both empty for an exercise without sides; the day apart from the time."""
    header = ["Patient", "Date", "Time", "Exercise", "Left Reps", "Right Reps", "Sets"]
    header += ["Pain Before", "Pain During", "Pain After", "Stopped early", "Notes"]

    def reps(done: Done) -> tuple[int | None, int | None]:
        return (done.left_reps, done.right_reps) if done.exercise in cohort.PER_SIDE else (None, None)

    return _csv(
        header,
        (
            [
                *(done.patient_id, f"{done.performed_at:%m/%d/%Y}", f"{done.performed_at:%H:%M}"),
                *(_ENGLISH[done.exercise], *reps(done), done.sets),
                *(done.pain_before, done.pain_during, done.pain_after, "Yes" if done.stopped_early else "No"),
                done.notes,
            ]
            for done in log
        ),
    )


def _diary(log: list[Done]) -> str:
    """One patient's file: no column for the patient, and days without a time."""
    header = ["Date", "Exercise", "Reps", "Sets", "Pain before exercise", "Pain during exercise", "Pain after exercise"]
    return _csv(
        [*header, "Stopped", "Comments"],
        (
            [
                *(f"{done.performed_at:%Y-%m-%d}", _ENGLISH.get(done.exercise, done.exercise)),
                *(min(done.left_reps, done.right_reps), done.sets),
                *(done.pain_before, done.pain_during, done.pain_after, "yes" if done.stopped_early else "no"),
                done.notes,
            ]
            for done in log
        ),
    )


def _csv(header: list[str], records: Iterable[Iterable[object]], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(records)
    return out.getvalue()
