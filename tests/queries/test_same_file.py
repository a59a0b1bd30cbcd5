"""Was this very file imported before? The whole answer, from a few literal lines."""

import datetime
import hashlib
import io

from data import history
from data.importing import import_file
from queries import answer
from tests.queries.conftest import AS_OF

DIARY = b"performed_at,pain_before\n2026-03-27 08:00,3\n"
OTHER = b"performed_at,pain_before\n2026-03-27 08:00,4\n"


def test_the_uploads_in_force_of_the_same_bytes_newest_first(clinic):
    made = clinic()
    noon = datetime.datetime.combine(AS_OF, datetime.time(12))
    for number, (content, patient, by) in enumerate([(DIARY, "A", "Lee"), (OTHER, "B", "Lee"), (DIARY, "C", "")]):
        at = noon + datetime.timedelta(hours=number)
        import_file(made.store, io.BytesIO(content), f"{number}.csv", patient=patient, by=by, uploaded_at=at)
    fingerprint = hashlib.sha256(DIARY).hexdigest()
    newest = (3, "2.csv", noon + datetime.timedelta(hours=2), "", "C")
    first = (1, "0.csv", noon, "Lee", "A")
    names = ["upload_id", "file_name", "uploaded_at", "uploaded_by", "patient_id"]
    assert answer(made.store, "same_file", sha256=fingerprint) == (names, [newest, first])
    history.undo(made.store, 3)
    assert answer(made.store, "same_file", sha256=fingerprint) == (names, [first])
    assert answer(made.store, "same_file", sha256="0" * 64) == (names, [])


STOPPED = """patient_id,performed_at,exercise,pain_before,pain_after
A,2026-03-10 08:00,hip_joint,3,3
A,2026-03-11 08:00,hip_joint,3,6
"""


def test_who_stopped_after_a_rise_is_listed_first_though_the_app_exports_the_same_file_each_week(clinic):
    made = clinic(STOPPED, uploaded="2026-03-11")
    day = datetime.date(2026, 3, 18)
    assert made.column("reasons", day) == {"A": ["rise_in_few", "rise", "any_rise", "no_recent_upload"]}
    evening = datetime.datetime(2026, 3, 18, 20)
    again = import_file(made.store, io.BytesIO(STOPPED.encode()), "export.csv", uploaded_at=evening)
    assert (again.status, again.new) == ("already_imported", 0)
    assert made.column("reasons", day) == {
        "A": ["rise_in_few", "stopped_after_a_rise", "rise", "any_rise", "silent", "low_adherence"]
    }
    [age] = made.ask("data_age", as_of=day).to_dict("records")
    assert (age["uploads"], age["last_upload"]) == (1, evening)


def test_a_rehearsal_of_the_same_file_moves_nothing(clinic):
    made = clinic(STOPPED, uploaded="2026-03-11")
    import_file(made.store, io.BytesIO(STOPPED.encode()), "export.csv", rehearse=True)
    assert made.rows("SELECT count(*) FROM clinic.upload_event") == [(0,)]


def test_an_undo_of_a_file_that_came_again_takes_its_rows_out(clinic):
    made = clinic(STOPPED, uploaded="2026-03-11")
    import_file(made.store, io.BytesIO(STOPPED.encode()), "export.csv", uploaded_at=datetime.datetime(2026, 3, 18, 20))
    history.undo(made.store, 1)
    assert made.review(datetime.date(2026, 3, 18)) == {}
    history.redo(made.store, 1)
    assert made.column("max_rise", datetime.date(2026, 3, 18)) == {"A": 3}
