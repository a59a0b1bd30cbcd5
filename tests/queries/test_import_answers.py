"""What is asked of uploads, of the roster's filters and of the programme: the whole answers."""

import datetime
import hashlib
import io

import pytest

from data import history
from data.importing import import_file

HEADER = "patient_id,performed_at,exercise,pain_before,pain_after\n"
WEEK = HEADER + "A,2026-03-27 08:00,hip_joint,1,3\nB,2026-03-28 08:00,hip_joint,1,3\n"
FAULTY = HEADER + "A,2026-03-27 08:00,hip_joint,1,4\nB,2026-03-28 08:00,hip_joint,1,3\n"
FAULTY += "C,2026-03-29 08:00,hip_joint,11,3\nC,2026-02-30,hip_joint,1,3\nC,2026-03-29 09:00,hip_joint,1,2\n,,,1,1\n"
DIARY = "performed_at,pain_before\n2026-03-30 08:00,3\n"
ROSTER = "patient_id,site,clinician\nA,South,Lee\nB,North,Lee\nC,North,Kim\nD,North,Kim\nE,,Kim\n"


def day(number, hour=9):
    return datetime.datetime(2026, 3, number, hour)


def take(made, text, name, at, patient=None):
    return import_file(made.store, io.BytesIO(text.encode()), name, patient=patient, by="Lee", uploaded_at=at)


@pytest.fixture(scope="module")
def uploaded(lasting_clinic):
    """Four uploads, the last of which is undone."""
    made = lasting_clinic()
    take(made, WEEK, "week.csv", day(28))
    take(made, FAULTY, "faulty.csv", day(29))
    take(made, ROSTER, "roster.csv", day(29, 10))
    take(made, DIARY, "diary.csv", day(30), patient="D")
    history.undo(made.store, 4)
    return made


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


UPLOADS = "upload_id file_name kind uploaded_at uploaded_by patient_id mapping lines new changed duplicate rejected"
UPLOADS += " patients sha256 stands uploads"


def test_the_uploads_newest_first_with_the_fates_of_their_lines(uploaded):
    known = ("Lee", None, "contract")
    diary = (4, "diary.csv", "log", day(30), "Lee", "D", "contract", 1, 1, 0, 0, 0, 1, digest(DIARY), False, 4)
    roster = (3, "roster.csv", "roster", day(29, 10), "Lee", None, "roster", 5, 5, 0, 0, 0, 5, digest(ROSTER), True, 4)
    faulty = (2, "faulty.csv", "log", day(29), *known, 6, 1, 1, 1, 3, 3, digest(FAULTY), True, 4)
    week = (1, "week.csv", "log", day(28), *known, 2, 2, 0, 0, 0, 2, digest(WEEK), True, 4)
    uploaded.answers("uploads", UPLOADS, diary, roster, faulty, week, limit=20, offset=0)
    uploaded.answers("uploads", UPLOADS, roster, faulty, limit=2, offset=1)


def test_the_uploads_in_force_of_the_same_bytes(clinic):
    """The diary was said to be D's, then E's, then undone as E's and said to be F's."""
    made = clinic()
    for number, patient in enumerate("DEF", start=25):
        take(made, DIARY.replace("03-30", "03-20"), f"{patient}.csv", day(number), patient)
    take(made, WEEK, "week.csv", day(28))
    history.undo(made.store, 2)
    columns = "upload_id file_name uploaded_at uploaded_by patient_id"
    same = digest(DIARY.replace("03-30", "03-20"))
    made.answers(
        "same_file", columns, (3, "F.csv", day(27), "Lee", "F"), (1, "D.csv", day(25), "Lee", "D"), sha256=same
    )


REJECTED = "line_no code column_name value details reason line"


def test_the_rejected_lines_of_an_upload_in_the_order_of_its_file(uploaded):
    above = (4, "above", "pain_before", "11", '{"limit":10}', None, "C,2026-03-29 08:00,hip_joint,11,3")
    no_date = (5, "no_date", "performed_at", "2026-02-30", None, None, "C,2026-02-30,hip_joint,1,3")
    nobody = (7, "missing", "patient_id", None, None, None, ",,,1,1")
    uploaded.answers("rejected_lines", REJECTED, above, no_date, nobody, upload_id=2, limit=9, offset=0)
    uploaded.answers("rejected_lines", REJECTED, no_date, upload_id=2, limit=1, offset=1)
    assert uploaded.ask("rejected_lines", upload_id=1, limit=9, offset=0).empty


def test_the_age_of_the_data_is_that_of_the_uploads_that_stand(uploaded):
    """The undone upload held a row of the 30th and was the last; E is on the roster only."""
    columns = "uploads last_upload last_row patients"
    last = day(29, 10)
    uploaded.answers("data_age", columns, (3, last, datetime.date(2026, 3, 29), 5), as_of="2026-03-30")
    uploaded.answers("data_age", columns, (3, last, datetime.date(2026, 3, 28), 5), as_of="2026-03-28")


def test_the_filters_are_the_sites_and_clinicians_of_the_roster_in_force(uploaded, clinic):
    columns = "site clinician"
    kept = [("North", "Kim"), ("North", "Lee"), ("South", "Lee"), (None, "Kim")]
    uploaded.answers("filter_choices", columns, *kept)
    made = clinic(None, ROSTER)
    made.take("patient_id,site,clinician\nB,South,Lee\nA,East,Lee\n")
    made.answers("filter_choices", columns, ("East", "Lee"), ("North", "Kim"), ("South", "Lee"), (None, "Kim"))


def test_the_programme(clinic):
    clinic().answers(
        "programme",
        "exercise per_side target upper_limit target_from",
        ("pelvic_tilt", False, 5, None, "source"),
        ("knee_to_chest", True, 10, 20, "source"),
        ("hip_joint", True, 10, None, "clinic default"),
        ("ankle_flexion", True, 10, None, "clinic default"),
    )
