"""Makes a store by the code of the folder in which it runs; so were made the stores of earlier versions beside this
file:

    git worktree add ../old d3885e0                        # 0.1; e05d010 is 0.2
    cd ../old && python ../supine/tests/data/stores/make.py made.duckdb && gzip -9nc made.duckdb > 0.1.gz
"""

import datetime
import io
import os
import sys
from pathlib import Path

HEADER = "patient_id,performed_at,session_id,exercise,side,sets,reps"
HEADER += ",pain_before,pain_during,pain_after,stopped_early,notes"
FIRST_DAY = datetime.date(2026, 2, 1)
EXERCISES = ("pelvic_tilt", "knee_to_chest", "hip_joint", "ankle_flexion")
REVIEW = """
    INSERT INTO clinic.review_event VALUES
    (1, NULL, 'P03', 'Kim', '2026-03-20 12:00', 'contacted', 'by telephone', NULL, '2026-03-18 10:00', 1),
    (2, NULL, 'P04', 'Lee', '2026-03-20 12:30', 'no_action', NULL, '2026-04-20', '2026-03-19 10:00', 1),
    (3, 2, 'P04', 'Lee', '2026-03-20 12:40', NULL, NULL, NULL, NULL, 1)
"""


def week(number: int, *, worse: int = 0) -> str:
    """A week's log of twelve patients, who differ in how often they exercise and how much their pain rises."""
    lines = []
    for patient in range(12):
        for day in range(7):
            if (patient + day) % (patient % 4 + 1):
                continue
            date = FIRST_DAY + datetime.timedelta(7 * number + day)
            at = datetime.datetime.combine(date, datetime.time(8 + patient % 9))
            for place, exercise in enumerate(EXERCISES[: patient % 4 + 1]):
                before = (patient + day) % 6
                rise = (patient * 7 + day * 3 + number) % 11 // 4 + (worse if place == 0 else 0)
                moment = at + datetime.timedelta(minutes=5 * place)
                cells = [f"P{patient:02}", f"{moment:%Y-%m-%d %H:%M}", "", exercise]
                cells += [("", "left")[place % 2], 1, 8 + day]
                cells += [before, min(10, before + rise), before, ("no", "yes")[rise > 3], "fine" if day == 3 else ""]
                lines.append(",".join(map(str, cells)))
    return "\n".join([HEADER, *lines, ""])


ROSTER = "patient_id,severity,zcq_symptom,programme_start,site\nP00,mild,,2026-01-20,North\nP01,,3.0,,South\n"
REJECTED = f"{HEADER}\nP00,soon,,squat,,1,5,1,2,3,no,\nP00,2026-03-21 07:00,,squat,,1,5,1,11,3,no,\n"
REJECTED += "P11,2026-03-21 07:00,,squat,,1,5,1,6,3,no,numb\n"
TWICE = f"{HEADER}\n" + "P10,2026-03-22 07:00,,pelvic_tilt,,1,5,1,2,1,no,\n" * 2

# Each upload's day, name and text; the eighth says in part otherwise what the seventh says.
UPLOADS = [
    *[(FIRST_DAY + datetime.timedelta(7 * number + 6), f"week-{number}.csv", week(number)) for number in range(7)],
    (datetime.date(2026, 3, 21), "week-6-corrected.csv", week(6, worse=3)),
    (datetime.date(2026, 3, 21), "roster.csv", ROSTER),
    (datetime.date(2026, 3, 22), "with-faults.csv", REJECTED),
    (datetime.date(2026, 3, 22), "twice.csv", TWICE),
    (datetime.date(2026, 3, 22), "roster-2.csv", ROSTER.replace("mild", "moderate")),
    (datetime.date(2026, 3, 22), "a-week-again.csv", week(5) + "# once more\n"),
]
UNDONE, REDONE = (2, 8, 12, 13), (2, 13)


def make(store) -> list[tuple]:
    """Import all of it; what became of the lines of each upload."""
    from data import history
    from data.importing import import_file

    fates = []
    for day, name, text in UPLOADS:
        evening = datetime.datetime.combine(day, datetime.time(20))
        result = import_file(store, io.BytesIO(text.encode()), name, by="Kim", uploaded_at=evening)
        fates.append((result.lines, result.new, result.changed, result.duplicate, result.rejected))
    for upload in UNDONE:
        history.undo(store, upload, by="Kim")
    for upload in REDONE:
        history.redo(store, upload, by="Lee")
    with store.write() as cursor:
        cursor.execute(REVIEW)
    return fates


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    os.environ["SUPINE_TIME_ZONE"] = "Asia/Seoul"
    import queries
    from data.store import open_store

    made = open_store(Path(sys.argv[1]))
    queries.define(made)
    print(make(made))
    queries.refresh(made)
    made.close()
