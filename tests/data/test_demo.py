"""The demo cohort: the same for a day, in several layouts, and taken by the ordinary import without a rejected line."""

import codecs
import datetime

import pytest

from data import contract, demo
from data.store import open_store

SUMMER = datetime.date(2026, 7, 15)
WINTER = datetime.date(2027, 1, 6)


def _header(export):
    first_line = export.content.split(b"\r\n")[0]
    return first_line.decode("utf-8-sig" if _is_utf8(export.content) else "cp949")


def evening(day):
    return datetime.datetime.combine(day, datetime.time(21, 30))


def _is_utf8(content):
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@pytest.fixture(scope="module", params=[SUMMER, WINTER], ids=["summer", "winter"])
def until(request):
    return request.param


@pytest.fixture(scope="module")
def cursor(until):
    store = open_store(None)
    demo.load(store, evening(until))
    with store.read() as cursor:
        yield cursor
    store.close()


def test_the_same_day_and_seed_give_the_same_bytes():
    assert demo.exports(evening(SUMMER), seed=1) == demo.exports(evening(SUMMER), seed=1)


def test_another_seed_gives_other_bytes():
    assert demo.exports(evening(SUMMER), seed=1) != demo.exports(evening(SUMMER), seed=2)


def test_the_logs_come_in_four_layouts():
    headers = {_header(export) for export in demo.exports(evening(SUMMER))} - {",".join(contract.columns("roster"))}
    assert len(headers) == 4
    assert ",".join(contract.columns("log")) in headers
    assert "환자번호;운동일시;운동;좌우;세트;횟수;운동 전 통증;운동 중 통증;운동 후 통증;중도중단;메모" in headers


def test_the_logs_come_in_three_encodings():
    contents = {export.name: export.content for export in demo.exports(evening(SUMMER))}
    assert _is_utf8(contents["north-log.csv"])
    assert contents["river-운동기록-1.csv"].startswith(codecs.BOM_UTF8)
    assert not _is_utf8(contents["river-운동기록-2.csv"])
    assert "골반 기울이기" in contents["river-운동기록-2.csv"].decode("cp949")


def test_seven_files_do_not_say_whose_log_they_are():
    chosen = [export.patient for export in demo.exports(evening(SUMMER)) if export.patient]
    assert sorted(chosen) == ["P043", "P043", "P044", "P045", "P046", "P047", "P048"]


def test_every_line_is_new(cursor):
    counts = "SELECT sum(lines), sum(new), sum(changed), sum(duplicate), sum(rejected) FROM clinic.upload"
    lines, *fates = cursor.execute(counts).fetchall()[0]
    assert fates == [lines, 0, 0, 0]


def test_the_log_ends_on_the_day_and_spans_twelve_weeks(cursor, until):
    days = "SELECT min(performed_at)::DATE, max(performed_at)::DATE FROM clinic.log_row"
    first, last = cursor.execute(days).fetchall()[0]
    assert last == until
    assert datetime.timedelta(days=80) <= last - first < datetime.timedelta(days=84)


def test_it_is_small(cursor):
    rows = cursor.execute("SELECT count(*) FROM clinic.log_row").fetchall()[0][0]
    assert 10_000 <= rows <= 14_000


def test_all_48_patients_are_on_the_roster_and_one_has_no_log(cursor):
    roster = {row[0] for row in cursor.execute("SELECT patient_id FROM clinic.roster_row").fetchall()}
    logs = {row[0] for row in cursor.execute("SELECT patient_id FROM clinic.log_row").fetchall()}
    assert roster == set(demo.COURSES) == {f"P{number:03}" for number in range(1, 49)}
    assert roster - logs == {patient for patient, course in demo.COURSES.items() if course == "without_log"}


def test_no_row_is_later_than_its_upload(cursor):
    late = """
        SELECT count(*) FROM clinic.log_row JOIN clinic.upload USING (upload_id) WHERE performed_at > uploaded_at
    """
    assert cursor.execute(late).fetchall() == [(0,)]


def test_in_the_morning_nothing_of_the_evening_is_there_yet():
    store = open_store(None)
    now = datetime.datetime.combine(SUMMER, datetime.time(9))
    demo.load(store, now)
    with store.read() as cursor:
        latest = "SELECT max(performed_at) <= $now, max(uploaded_at) <= $now FROM clinic.log_row, clinic.upload"
        assert cursor.execute(latest, {"now": now}).fetchall() == [(True, True)]
    store.close()


def test_one_patient_was_last_uploaded_fifteen_days_ago(cursor, until):
    last = """
        SELECT log_row.patient_id, max(performed_at)::DATE, max(uploaded_at)::DATE
        FROM clinic.log_row JOIN clinic.upload USING (upload_id)
        GROUP BY log_row.patient_id HAVING max(uploaded_at)::DATE < $yesterday
    """
    [(patient, last_day, uploaded)] = cursor.execute(last, {"yesterday": until - datetime.timedelta(1)}).fetchall()
    assert demo.COURSES[patient] == "no_recent_upload"
    assert uploaded == until - datetime.timedelta(15)
    assert last_day == until - datetime.timedelta(16)


def test_aggravated_patients_have_two_rises_of_2_in_the_last_week(cursor, until):
    rises = """
        SELECT patient_id FROM clinic.log_row
        WHERE performed_at >= $first_day AND greatest(pain_during, pain_after) - pain_before >= 2
        GROUP BY patient_id HAVING count(DISTINCT performed_at::DATE) >= 2
    """
    found = cursor.execute(rises, {"first_day": until - datetime.timedelta(6)}).fetchall()
    aggravated = {patient for patient, course in demo.COURSES.items() if course == "aggravated"}
    assert aggravated <= {row[0] for row in found}


def test_nobody_has_a_name(cursor):
    words = cursor.execute("SELECT DISTINCT unnest([patient_id, site, clinician]) FROM clinic.roster_row").fetchall()
    assert {row[0] for row in words} - set(demo.COURSES) == {
        *("North", "River", "Hill"),
        *("Therapist A", "Therapist B", "Therapist C", "Therapist D"),
    }


def test_a_file_that_is_not_taken_stops_the_load(monkeypatch):
    monkeypatch.setattr(demo, "exports", lambda now: [demo.Export("broken.csv", b"a,b\r\n1,2\r\n", None, 0)])
    with pytest.raises(RuntimeError, match=r"broken\.csv was not imported"):
        demo.load(open_store(None), evening(SUMMER))
