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
