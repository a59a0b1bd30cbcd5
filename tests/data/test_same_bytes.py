"""The same bytes again: read in the same way they are known, read in another way they are another upload."""

from tests.data.lines import counts

TEXT = "date,exercise,pain\n2026-01-02 08:00,squat,3\n2026-01-03 08:00,squat,4\n"
COLUMNS = {"performed_at": "date", "exercise": "exercise"}
BEFORE = {"name": "as before", "columns": COLUMNS | {"pain_before": "pain"}}
AFTER = {"name": "as after", "columns": COLUMNS | {"pain_after": "pain"}}
SCORES = "CAST(pain_before AS DOUBLE), CAST(pain_after AS DOUBLE)"


def test_under_another_mapping_the_same_bytes_are_read_anew(take, rows):
    assert counts(take(TEXT, mapping=BEFORE, patient="P1")) == (2, 0, 0, 0)
    other = take(TEXT, mapping=AFTER, patient="P1")
    assert (other.status, other.upload_id, counts(other)) == ("imported", 2, (0, 2, 0, 0))
    assert rows(SCORES) == [(None, 3), (None, 4)]


def test_each_way_in_which_they_were_read_is_known_by_itself(take, rows):
    for mapping in (BEFORE, AFTER):
        take(TEXT, mapping=mapping, patient="P1")
    for mapping, upload in ((BEFORE, 1), (AFTER, 2)):
        again = take(TEXT, mapping=mapping, patient="P1")
        assert (again.status, again.upload_id) == ("already_imported", upload)
    other = take(TEXT, mapping=BEFORE, patient="P2")
    assert (other.status, other.upload_id) == ("imported", 3)
    assert rows(f"patient_id, {SCORES}") == [*[("P1", None, 3), ("P1", None, 4)], ("P2", 3, None), ("P2", 4, None)]
