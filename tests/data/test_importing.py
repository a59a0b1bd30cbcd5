"""What becomes of each line of a log: new, changed, duplicate or rejected, and how it is kept."""

import datetime
import io

import pytest

from data import export, importing, originals
from data.originals import original, original_lines
from data.reading import Overrides, inspect_file
from tests.data.lines import HEADER, counts, log

NOW = datetime.datetime(2026, 11, 22, 15, 0)


def rejected(result):
    return [(reject["line"], reject["column"], reject["value"], reject["reason"]) for reject in result.rejects]


# What cells mean


def test_a_line_becomes_a_row(both_ways, take, rows):
    result = take(log("007,2026-01-02T08:30:00,pelvic_tilt,left,1,10,3,4.5,3,no,fine"))
    assert counts(result) == (1, 0, 0, 0)
    assert (result.kind, result.mapping, result.patients, result.upload_id) == ("log", "contract", 1, 1)
    assert rows(
        "upload_id, line_no, revises, patient_id, CAST(performed_at AS VARCHAR), has_time, session_id, exercise, "
        'exercise_name, side, "sets", reps, duration_s, CAST(pain_before AS DOUBLE), CAST(pain_during AS DOUBLE), '
        "CAST(pain_after AS DOUBLE), stopped_early, notes, occurrence"
    ) == [
        (
            *(1, 2, None, "007", "2026-01-02 08:30:00", True, None, "pelvic_tilt", None, "left", 1, 10, None),
            *(3.0, 4.5, 3.0, False, "fine", 1),
        )
    ]


@pytest.mark.parametrize(
    ("written", "order", "read"),
    [
        ("2026-03-01", None, "2026-03-01 00:00:00"),
        ("2026-03-01 8:05", None, "2026-03-01 08:05:00"),
        ("2026-03-01T08:05:06.789", None, "2026-03-01 08:05:06.789"),
        ("2026-03-01T08:05:06Z", None, "2026-03-01 17:05:06"),
        ("2026-03-01 08:05:06 +0100", None, "2026-03-01 16:05:06"),
        ("2026-03-01T08:05:06+09:00", None, "2026-03-01 08:05:06"),
        ("2026. 3. 1.", None, "2026-03-01 00:00:00"),
        ("2026년 3월 1일 오후 3:04", None, "2026-03-01 15:04:00"),
        ("2026/3/1", None, "2026-03-01 00:00:00"),
        ("1 Mar 2026, 18:05", None, "2026-03-01 18:05:00"),
        ("1st Mar 2026", None, "2026-03-01 00:00:00"),
        ("March 1 2026 6:05 PM", None, "2026-03-01 18:05:00"),
        ("13.3.2026", None, "2026-03-13 00:00:00"),
        ("3/13/2026", None, "2026-03-13 00:00:00"),
        ("1/3/2026", "dmy", "2026-03-01 00:00:00"),
        ("1/3/2026", "mdy", "2026-01-03 00:00:00"),
        ("26.3.1", "ymd", "2026-03-01 00:00:00"),
    ],
)
def test_days_and_times_as_people_and_apps_write_them(take, rows, written, order, read):
    assert counts(take(log(f'P1,"{written}",squat,,,,,,,,'), date_order=order)) == (1, 0, 0, 0)
    assert rows("CAST(performed_at AS VARCHAR), has_time") == [(read, ":" in written)]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2026-02-30", "is not a date that exists"),
        ("2026-02-30T08:30:00", "is not a date that exists"),
        ("20260301", "is not a date that exists"),
        ("2026-03-01T08:30:5Z", "is not a date that exists"),
        ("2026-03-01 25:00", "is not a date that exists"),
        ("yesterday", "is not a date that exists"),
        ("1989-12-31", "is before 1990"),
        ("2026-11-24", "is in the future"),
        ("2099-01-01 10:00", "is in the future"),
    ],
)
def test_days_that_cannot_be(both_ways, take, written, reason):
    result = take(log(f"P1,{written},squat,,,,,,,,", "P1,2026-01-02,squat,,,,,,,,"), uploaded_at=NOW)
    assert counts(result) == (1, 0, 0, 1)
    assert rejected(result) == [(2, "performed_at", written, reason)]


def test_todays_and_tonights_rows_are_not_in_the_future(both_ways, take):
    lines = log("P1,2026-11-22 23:59,squat,,,,,,,,", "P1,2026-11-23,squat,,,,,,,,")
    assert counts(take(lines, uploaded_at=NOW)) == (2, 0, 0, 0)


def test_a_date_order_that_the_file_does_not_settle_is_asked_for(both_ways, take):
    result = take(log("P1,1/3/2026,squat,,,,,,,,", "P1,2/3/2026,squat,,,,,,,,"))
    assert result.reason == "The dates of this file can be read day first or month first; choose the date order."


def test_two_date_orders_in_one_file(both_ways, take):
    result = take(log("P1,13/3/2026,squat,,,,,,,,", "P1,3/13/2026,squat,,,,,,,,"))
    assert result.reason == "Some dates of this file are written day first and others month first; choose one order."


def test_one_day_settles_the_order_of_all(both_ways, take, rows):
    lines = log("P1,1/3/2026,squat,,,,,,,,", "P1,13/3/2026,squat,,,,,,,,")
    assert counts(take(lines)) == (2, 0, 0, 0)
    assert rows("CAST(performed_at AS DATE)::VARCHAR") == [("2026-03-01",), ("2026-03-13",)]


@pytest.mark.parametrize(
    "last_line",
    ["P1,3/13/2026,squat,,,,,,,,", ",3/13/2026,squat,,,,,,,,", "P1,3/13/2026,squat,,,,99,,,,", 'P1,3/13/2026,"a\nb"'],
)
@pytest.mark.parametrize("first_lines_bytes", [200, 1 << 18])
def test_another_date_order_far_below_refuses_the_file(both_ways, take, ask, monkeypatch, first_lines_bytes, last_line):
    monkeypatch.setattr(importing, "FIRST_LINES_BYTES", first_lines_bytes)
    days = [f"P1,{number % 28 + 1}/3/2026 8:00,squat,,,,{number},,,," for number in range(27, 500)]
    result = take(log(*days, last_line))
    assert result.reason == "Some dates of this file are written day first and others month first; choose one order."
    assert ask("SELECT line_no FROM clinic.log_row") == []


@pytest.mark.parametrize("first_lines_bytes", [200, 1 << 18])
def test_a_date_far_below_that_no_order_reads_is_rejected(both_ways, take, rows, monkeypatch, first_lines_bytes):
    monkeypatch.setattr(importing, "FIRST_LINES_BYTES", first_lines_bytes)
    days = [f"P1,{day}/3/2026,squat,,,,,,,," for day in range(28, 0, -1)]
    result = take(log(*days, "P1,31/31/2026,squat,,,,,,,,", "P1,2026-04-05,squat,,,,,,,,"))
    assert rejected(result) == [(30, "performed_at", "31/31/2026", "is not a date that exists")]
    assert rows("CAST(performed_at AS DATE)::VARCHAR")[-2:] == [("2026-03-01",), ("2026-04-05",)]


@pytest.mark.parametrize("first_lines_bytes", [200, 1 << 18])
def test_a_date_far_below_settles_the_order_of_all(both_ways, take, rows, monkeypatch, first_lines_bytes):
    monkeypatch.setattr(importing, "FIRST_LINES_BYTES", first_lines_bytes)
    take(log(*[f"P1,{day}/3/2026,squat,,,,,,,," for day in range(1, 14)]))
    assert rows("CAST(performed_at AS DATE)::VARCHAR") == [(f"2026-03-{day:02}",) for day in range(1, 14)]


def test_times_that_are_all_midnight_are_days(both_ways, take, rows):
    result = take(log("P1,2026-03-01 00:00:00,squat,,,,,,,,", "P1,2026-03-02,squat,,,,,,,,"))
    assert rows("has_time") == [(False,), (False,)]
    assert "Every time of day is midnight, so the times were read as days." in map(str, result.notes)


def test_one_midnight_among_other_times_is_a_time(both_ways, take, rows):
    take(log("P1,2026-03-01 00:00,squat,,,,,,,,", "P1,2026-03-02 07:00,squat,,,,,,,,"))
    assert rows("has_time") == [(True,), (True,)]


@pytest.mark.parametrize(
    ("written", "exercise", "name"),
    [
        ("Pelvic Tilts", "pelvic_tilt", None),
        ("골반 기울이기", "pelvic_tilt", None),
        ("Knee-to-chest", "knee_to_chest", None),
        ("SQUAT", "squat", None),
        ("9. Glute Bridge", "bridge", None),
        ("3) Squat (Barbell)", "squat", None),
        ("Bulgarian split squat", "other", "Bulgarian split squat"),
        ("Glute Bridge (one leg)", "other", "Glute Bridge (one leg)"),
        ("한쪽 무릎 꿇기", "other", "한쪽 무릎 꿇기"),
        ("other", "other", "other"),
    ],
)
def test_names_of_exercises(both_ways, take, rows, written, exercise, name):
    take(log(f"P1,2026-01-02,{written},,,,,,,,"))
    assert rows("exercise, exercise_name") == [(exercise, name)]


@pytest.mark.parametrize(
    ("cells", "column", "value", "reason"),
    [
        (",2026-01-02,squat,,,,,,,,", "patient_id", None, "is missing"),
        ("P" * 201 + ",2026-01-02,squat,,,,,,,,", "patient_id", "P" * 201, "is longer than 200 characters"),
        ("P1,,squat,,,,,,,,", "performed_at", None, "is missing"),
        ("P1,2026-01-02,,,,,,,,,x", "exercise", None, "is missing, and there is no pain score either"),
        ("P1,2026-01-02," + "x" * 201 + ",,,,,,,,", "exercise", "x" * 201, "is longer than 200 characters"),
        ("P1,2026-01-02,squat,up,,,,,,,", "side", "up", "is not left, right or both"),
        ("P1,2026-01-02,squat,,1.5,,,,,,", "sets", "1.5", "is not a whole number"),
        ("P1,2026-01-02,squat,,-1,,,,,,", "sets", "-1", "is below 0"),
        ("P1,2026-01-02,squat,,1001,,,,,,", "sets", "1001", "is above 1000"),
        ("P1,2026-01-02,squat,,,12.5,,,,,", "reps", "12.5", "is not a whole number"),
        ("P1,2026-01-02,squat,,,ten,,,,,", "reps", "ten", "is not a number"),
        ("P1,2026-01-02,squat,,,'-3,,,,,", "reps", "'-3", "is not a number"),
        ("P1,2026-01-02,squat,,,1e3,,,,,", "reps", "1e3", "is not a number"),
        ("P1,2026-01-02,squat,,,,11,,,,", "pain_before", "11", "is above 10"),
        ("P1,2026-01-02,squat,,,,,-0.5,,,", "pain_during", "-0.5", "is below 0"),
        ("P1,2026-01-02,squat,,,,,,3 of 10,,", "pain_after", "3 of 10", "is not a number"),
        ("P1,2026-01-02,squat,,,,,,,maybe,", "stopped_early", "maybe", "is not yes or no"),
        ("P1,2026-01-02,squat,,,,,,,," + "n" * 65_537, "notes", "n" * 200, "is longer than 65536 characters"),
    ],
)
def test_a_cell_that_is_wrong_rejects_its_line_by_name(both_ways, take, ask, cells, column, value, reason):
    result = take(log(cells, "P1,2026-01-03,squat,,1,10,3,3,3,no,"))
    assert counts(result) == (1, 0, 0, 1)
    assert rejected(result) == [(2, column, value, reason)]
    stored = ask("SELECT upload_id, line_no, line, column_name, value, code, reason FROM clinic.rejected_line")
    assert stored == [(1, 2, cells, column, value, result.rejects[0]["code"], None)]


def test_what_is_wrong_is_stored_as_a_code_and_what_its_sentence_names(both_ways, take, ask):
    take(
        log(
            "P1,2026-01-02,squat,up,,,,,,,",
            "P1,bad,squat,,,,,,,,",
            "P1,1989-12-31,squat,,,,,,,,",
            "P1,2999-01-01,squat,,,,,,,,",
            "P1,2026-01-02,squat,,-1,,,,,,",
            "P1,2026-01-02,squat,,,12.5,,,,,",
            "P1,2026-01-02,squat,,,ten,,,,,",
            "P1,2026-01-02,squat,,,,11,,,,",
            "P1,2026-01-02,squat,,,,,,,,,,",
            "P1,2026-01-02,squat",
            'P1,2026-01-02,"squat,,,,,,,,',
            "P1,2026-01-02,,,,,,,,,",
            f"{'P' * 201},2026-01-02,squat,,,,,,,,",
            "P1,2026-01-03,squat,,1,10,3,3,3,no,",
        )
    )
    assert ask("SELECT line_no, code, column_name, details FROM clinic.rejected_line ORDER BY line_no") == [
        (2, "unknown_word", "side", None),
        (3, "no_date", "performed_at", None),
        (4, "too_early", "performed_at", None),
        (5, "in_future", "performed_at", None),
        (6, "below", "sets", '{"limit":0}'),
        (7, "not_whole", "reps", None),
        (8, "not_a_number", "reps", None),
        (9, "above", "pain_before", '{"limit":10}'),
        (10, "too_wide", None, '{"cells":13,"width":11}'),
        (11, "too_short", None, '{"cells":3,"width":11}'),
        (12, "torn", None, None),
        (13, "nothing_logged", "exercise", None),
        (14, "too_long", "patient_id", '{"limit":200}'),
    ]


def test_words_for_nothing_are_nothing(both_ways, take, rows):
    take(log("P1,2026-01-02,squat,n/a,-,NULL,모름,--,None,na,NA"))
    assert rows('side, "sets", reps, pain_before, pain_during, pain_after, stopped_early, notes') == [
        (None, None, None, None, None, None, None, "NA")
    ]


def test_decimal_commas_and_spaces_around_cells(both_ways, take, rows):
    take(log('P1 , 2026-01-02,\u00a0squat, 왼쪽 ,1,10,"3,5"," 4,25 ",5.,예,\u3000x '))
    assert rows(
        "patient_id, exercise, side, CAST(pain_before AS DOUBLE), CAST(pain_during AS DOUBLE), stopped_early, notes"
    ) == [("P1", "squat", "left", 3.5, 4.25, True, "\u3000x ")]


def test_seconds_are_kept_whole(take, rows):
    take("patient_id,date,exercise,duration (s)\nP1,2026-01-02,squat,12.5\nP1,2026-01-03,squat,12.4\n")
    assert rows("duration_s") == [(13,), (12,)]


@pytest.mark.parametrize(
    "note",
    [
        '=HYPERLINK("http://x","y")',
        "<script>alert(1)</script>",
        "'; DROP TABLE clinic.log_row; --",
        "가" * 10_000,
        " two\nlines, \r\n three\t",
        "\\n",
    ],
)
def test_notes_survive_byte_for_byte(both_ways, take, rows, note):
    quoted = note.replace('"', '""')
    take(log(f'P1,2026-01-02,squat,,,,,,,,"{quoted}"'))
    assert rows("notes") == [(note,)]


def test_a_pain_diary_has_no_exercise(both_ways, take, rows):
    result = take("patient_id,date,pain level\nP1,2026-01-02,4\nP1,2026-01-03,\n")
    assert rows("exercise, CAST(pain_before AS DOUBLE)") == [(None, 4.0)]
    assert counts(result) == (1, 0, 0, 1)


def test_later_scores_without_an_exercise_are_told(both_ways, take):
    line = "P1,2026-01-02,,,,,3,,5,,"
    assert str(take(log(line)).notes[0]) == (
        "1 line has a score during or after exercise but names no exercise; it counts as a session of an exercise that "
        "is not stated, and not for adherence."
    )
    assert str(take(log(line, line)).notes[0]) == (
        "2 lines have a score during or after exercise but name no exercise; they count as sessions of an exercise "
        "that is not stated, and not for adherence."
    )


# Sides


SIDES = "patient_id,date,exercise,Left Reps,Right Reps,Reps,Side,Pain Before\n"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("10,12,,,3", [("left", 10), ("right", 12)]),
        ("10,,,,3", [("left", 10)]),
        (",12,,,3", [("right", 12)]),
        (",,8,,3", [(None, 8)]),
        (",,8,right,3", [("right", 8)]),
        ("10,,8,,3", [("left", 10)]),
        (",,,,3", [(None, None)]),
    ],
)
def test_left_and_right_beside_a_plain_column(take, rows, cells, expected):
    result = take(f"{SIDES}P1,2026-01-02,squat,{cells}\n")
    assert counts(result) == (1, 0, 0, 0)
    assert rows("side, reps") == expected


def test_a_side_that_has_only_a_score_is_a_row_too(take, rows):
    take("patient,date,exercise,reps left,reps right,pain after left,pain after right\nP1,2026-01-02,squat,,10,5,\n")
    assert rows("side, reps, CAST(pain_after AS DOUBLE)") == [("left", None, 5.0), ("right", 10, None)]


def test_a_fault_of_one_side_rejects_the_line_with_both(take, rows):
    result = take(f"{SIDES}P1,2026-01-02,squat,10,x,,,3\nP1,2026-01-03,squat,10,12,,,3\n")
    assert counts(result) == (1, 0, 0, 1)
    assert rejected(result) == [(2, "reps", "x", "is not a number")]
    assert rows("line_no, side") == [(3, "left"), (3, "right")]


def test_lines_with_sides_are_counted_as_lines(take):
    first = f"{SIDES}P1,2026-01-02 08:00,squat,10,12,,,3\nP1,2026-01-03 08:00,squat,10,12,,,3\n"
    assert counts(take(first)) == (2, 0, 0, 0)
    again = first.replace("2026-01-03 08:00,squat,10,12", "2026-01-03 08:00,squat,10,13")
    again += "P1,2026-01-04 08:00,squat,1,,,,3\n"
    assert counts(take(again)) == (1, 1, 1, 0)


# Mappings


def test_strong_rest_timers_and_notes_are_no_sets(both_ways, take, rows):
    result = take(
        "Date;Workout Name;Exercise Name;Set Order;Weight;Reps;Seconds;Notes\n"
        "2026-01-02 18:00:00;PT;Glute Bridge (Barbell);1;20;12;0;\n"
        "2026-01-02 18:00:00;PT;Glute Bridge (Barbell);Rest Timer;;;60;\n"
        "2026-01-02 18:00:00;PT;Plank;W;0;0;45;slow\n"
        "2026-01-02 18:00:00;PT;Plank;Note;;;;tight\n"
        ";;;;;;;\n",
        patient="P1",
    )
    assert (result.mapping, counts(result)) == ("strong", (2, 0, 0, 2))
    assert rejected(result) == [
        (3, None, "Rest Timer", "the line is no set or session: its Set Order is Rest Timer"),
        (5, None, "Note", "the line is no set or session: its Set Order is Note"),
    ]
    assert rows("exercise, exercise_name, reps, duration_s, notes") == [
        ("bridge", None, 12, None, None),
        ("other", "Plank", None, 45, "slow"),
    ]
    assert list(map(str, result.notes)) == ["1 blank line holds no data.", "Columns not used: Workout Name, Weight."]


def test_hevy(take, rows):
    take(
        '"title","start_time","end_time","exercise_title","exercise_notes","set_index","set_type","reps","duration_seconds"\n'
        '"PT","3 Mar 2026, 18:05","3 Mar 2026, 18:40","Plank","",0,"normal",,45\n',
        patient="P1",
    )
    assert rows("CAST(performed_at AS VARCHAR), exercise_name, reps, duration_s") == [
        ("2026-03-03 18:05:00", "Plank", None, 45)
    ]


def test_fitnotes_lengths_of_time(both_ways, take, rows):
    result = take(
        "Date,Exercise,Category,Weight (kg),Weight (lbs),Reps,Distance,Distance Unit,Time,Notes,Kind\n"
        "2026-01-15,Plank,Abs,,,,,,01:30,Hard,t\n2026-01-15,Plank,Abs,,,,,,0:01:30,,t\n2026-01-15,Plank,Abs,,,,,,soon,,t\n",
        patient="P1",
    )
    assert rejected(result) == [(4, "duration_s", "soon", "is not a number")]
    assert rows("duration_s, notes") == [(90, "Hard"), (90, None)]


def test_fitbod_is_in_utc(take, rows):
    take(
        "Date,Exercise,Reps,Weight(kg),Duration(s),Distance(m),Incline,Resistance,isWarmup,Note,multiplier\n"
        "2026-01-22 06:54:26 +0000,Glute Bridge,12,0.0,0.0,0.0,0.0,0.0,false,,1.0\n",
        patient="P1",
    )
    assert rows("CAST(performed_at AS VARCHAR), reps, duration_s") == [("2026-01-22 15:54:26", 12, None)]


def test_apple_health_lengths_are_minutes(take, rows):
    result = take(
        "sourceName,startDate,endDate,workoutActivityType,duration,durationUnit\n"
        '"W \\"x\\"",2026-03-02 10:40:38 +0900,2026-03-02 11:12:22 +0900,"HKWorkoutActivityTypeWalking",31.5,"min"\n'
        '"W",2026-03-02 10:40:38 +0900,2026-03-02 11:12:22 +0900,"HKWorkoutActivityTypeWalking",1,"hr"\n',
        patient="P1",
    )
    assert rows("duration_s") == [(1890,)]
    assert rejected(result) == [(3, None, "hr", "the line is no set or session: its durationUnit is hr")]


def test_milliseconds(take, rows):
    chosen = {
        "columns": {"performed_at": "when", "exercise": "what", "duration_s": "ms"},
        "duration_unit": "milliseconds",
    }
    take("when,what,ms\n2026-01-02,squat,1500\n", mapping=chosen, patient="P1")
    assert rows("duration_s") == [(2,)]


def test_the_left_right_rehabilitation_tracker(take, rows):
    take(
        "Date,Phase,Exercise,Left Reps,Right Reps,Sets,Pain Level,Notes\n"
        "2026-02-10,1,9. Single-Leg Glute Bridge,12,0,3,2,\n",
        patient="P1",
    )
    assert rows('exercise, side, reps, "sets", CAST(pain_after AS DOUBLE)') == [
        ("bridge", "left", 12, 3, 2.0),
        ("bridge", "right", None, 3, 2.0),
    ]


def test_redcap_repeat_rows_are_the_sessions(take, rows):
    result = take(
        "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,sex,session_date,pain_nrs,log_complete\n"
        '0012,baseline,,,2,,,2\n0012,week_1,log,1,,2026-03-02,"4,5",2\n0012,week_1,log,2,,2026-03-04,3,0\n'
    )
    assert rejected(result) == [(2, None, None, "the line is no set or session: its redcap_repeat_instance is empty")]
    assert rows("patient_id, CAST(pain_before AS DOUBLE)") == [("0012", 4.5), ("0012", 3.0)]


def test_pain_trackers_clinical_export(take, rows):
    take(
        "Date,Time,Pain Level,Primary Location,Symptoms,Sleep Quality,Mood Impact,Missed Work Days,Notes\n"
        '2026-01-05,08:00,5,"Lower Back; Neck",Stiff,6,5,,"said ""ok"""\n',
        patient="P1",
    )
    assert rows("CAST(performed_at AS VARCHAR), has_time, CAST(pain_before AS DOUBLE), notes") == [
        ("2026-01-05 08:00:00", True, 5.0, 'said "ok"')
    ]


def test_a_clinics_words_for_exercises(take, rows):
    chosen = {"columns": {"performed_at": "Wann", "exercise": "Was"}, "exercises": {"Becken kippen": "pelvic_tilt"}}
    take("Wann,Was\n2.1.2026,Becken-kippen\n", mapping=chosen, patient="P1", date_order="dmy")
    assert rows("exercise, exercise_name") == [("pelvic_tilt", None)]


@pytest.mark.parametrize(("scale", "written", "read"), [("0-100", "35", 3.5), ("0-5", "2", 4.0), ("1-4", "4", 10.0)])
def test_another_pain_scale_has_to_be_said(take, rows, scale, written, read):
    chosen = {"columns": {"performed_at": "date", "pain_before": "pain"}, "pain_scale": scale}
    take(f"date,pain\n2026-01-02,{written}\n", mapping=chosen, patient="P1")
    assert rows("CAST(pain_before AS DOUBLE)") == [(read,)]


def test_scores_above_ten_refuse_the_file(both_ways, take, ask):
    result = take(log(*(f"P1,2026-01-0{day},squat,,,,35,,40,," for day in range(1, 5))))
    assert result.reason == "4 pain scores are above 10, so the scale may be 0 to 100; choose the scale by hand."
    assert ask("SELECT count(*) FROM clinic.log_row") == [(0,)]


def test_columns_that_are_not_used_are_named(take):
    result = take("patient_id,date,time,exercise,mood\nP1,2026-01-02,08:30,squat,good\n")
    assert list(map(str, result.notes)) == ["Columns not used: mood."]


# Lines


def test_blank_lines_remarks_and_repeated_headers_are_no_data(both_ways, take):
    result = take(
        "# made by an app\n\n"
        + log("P1,2026-01-02,squat,,,,,,,,", "", ",,,,,,,,,,", "# more", HEADER, "P1,2026-01-03,squat,,,,,,,,")
    )
    assert counts(result) == (2, 0, 0, 0)
    assert list(map(str, result.notes)) == [
        "The header is on line 3; the lines above it are no data.",
        "2 blank lines hold no data.",
        "1 line begins with # and was read as a remark.",
        "The header is repeated on line 8.",
    ]


def test_a_patient_id_may_begin_with_a_number_sign(both_ways, take, rows):
    take(log("#1,2026-01-02,squat,,,,,,,,"))
    assert rows("patient_id") == [("#1",)]


def test_a_line_of_totals_is_rejected(both_ways, take):
    assert rejected(take(log("P1,2026-01-02,squat,,,,,,,,", "Total,,,,1,10,,,,,"))) == [
        (3, "performed_at", None, "is missing")
    ]


def test_lines_of_another_width(both_ways, take):
    result = take(log("P1,2026-01-02,squat,,,,,,,no", "P1,2026-01-02,squat", "P1,2026-01-02,squat,,,,,,,no,x,y"))
    assert counts(result) == (1, 0, 0, 2)
    assert rejected(result) == [
        (3, None, None, "the line ends after 3 of 11 cells"),
        (4, None, None, "the line has 12 cells where the header has 11"),
    ]
    assert list(map(str, result.notes)) == ["1 line ends before its last cells, which count as empty."]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "P1,2026-01-02,squat,10\nP1,2026-01-03,squat,10,,\n",
            (2, 0, 0, 0),
        ),  # only notes and what is not used is missing
        ("P1,2026-01-02,squat\nP1,2026-01-03,squat,10,,\n", (1, 0, 0, 1)),  # repetitions are missing
        ("P1,2026-01-02,squat,\nP1,2026-01-03,squat,10,,\n", (1, 0, 0, 1)),  # the last cell that is there is empty
        ("P1,2026-01-03,squat,10,,\nP1,2026-01-02,squat,1", (1, 0, 0, 1)),  # the file is cut in its last line
        ("P1,2026-01-03,squat,10,,\nP1,2026-01-02,squat,1,,", (2, 0, 0, 0)),
    ],
)
def test_lines_that_end_early(both_ways, take, content, expected):
    assert counts(take(f"patient_id,date,exercise,reps,notes,mood\n{content}")) == expected


def test_an_unterminated_quotation_mark_costs_its_own_line(both_ways, take):
    result = take(log("P1,2026-01-02,squat,,,,,,,,x", 'P1,2026-01-03,squat,,,,,,,,"x', "P1,2026-01-04,squat,,,,,,,,x"))
    assert counts(result) == (2, 0, 0, 1)
    assert rejected(result) == [(3, None, None, "the quotation marks on this line do not match")]


def test_header_only(take, ask):
    result = take(log())
    assert (result.status, result.reason) == ("refused", "The file names its columns and has no lines below them.")
    assert ask("SELECT count(*) FROM clinic.upload") == [(0,)]


def test_no_header(take):
    assert "No column holds the day" in take("P1,2026-01-02,squat\nP1,2026-01-03,squat\n").reason


def test_a_file_that_names_no_patient(take, rows):
    text = "date,exercise\n2026-01-02,squat\n"
    assert take(text).reason == ("The file does not say whose log it is; choose the patient.")
    take(text, patient=" P9 ")
    assert rows("patient_id") == [("P9",)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end(both_ways, take, rows, encoding, end):
    text = "환자번호,운동일,운동,메모\n환자1,2026-01-02,스쿼트,괜찮음\n환자2,2026-01-03,스쿼트,아픔\n"
    assert counts(take(text.replace("\n", end).encode(encoding))) == (2, 0, 0, 0)
    assert rows("line_no, patient_id, exercise, notes") == [
        (2, "환자1", "squat", "괜찮음"),
        (3, "환자2", "squat", "아픔"),
    ]


def test_a_file_that_breaks_its_encoding_is_refused_whole(both_ways, take, ask):
    content = log(*["P1,2026-01-02,squat,,,,,,,,통증"] * 3).encode("cp949") + b"\xff\xff\n"
    assert "not written in cp949 throughout" in take(content, overrides=Overrides(encoding="cp949")).reason
    assert ask("SELECT count(*) FROM clinic.log_row") == [(0,)]


# The four fates

LINE = "P1,2026-01-02 08:00,squat,,1,10,3,,4,,"


def test_the_same_file_again(both_ways, take, rows):
    first = take(log(LINE, "P1,bad,squat,,,,,,,,"), "monday.csv", by="lee", uploaded_at=NOW)
    again = take(log(LINE, "P1,bad,squat,,,,,,,,"), "tuesday.csv")
    assert (again.status, again.file, again.upload_id, again.patients) == ("already_imported", "tuesday.csv", 1, 1)
    assert again.reason == (
        "Already imported on 2026-11-22 at 15:00 by lee as monday.csv, with lines of 1 patient. "
        "To read it in another way, undo that upload first."
    )
    assert (counts(again), again.rejects) == ((0, 0, 1, 1), first.rejects)
    assert rows("line_no") == [(2,)]


def test_the_same_file_for_another_patient_is_another_upload(take):
    text = "date,exercise\n2026-01-02,squat\n"
    assert [take(text, patient=patient).new for patient in ("P1", "P2", "P1")] == [1, 1, 0]


def test_the_same_rows_in_another_file(both_ways, take, rows, ask):
    take(log(LINE))
    assert counts(take(log("P2,2026-01-02,squat,,,,,,,,", LINE))) == (1, 0, 1, 0)
    assert rows("upload_id, line_no, patient_id") == [(1, 2, "P1"), (2, 2, "P2")]
    assert ask("SELECT upload_id, line_no, row_id FROM clinic.other_line") == [
        (2, 3, ask("SELECT min(row_id) FROM clinic.log_row")[0][0])
    ]
    assert sorted(ask("SELECT upload_id, patient_id FROM clinic.upload_patient")) == [(1, "P1"), (2, "P1"), (2, "P2")]


def test_the_second_of_two_identical_lines_is_a_second_set(both_ways, take, rows):
    assert counts(take(log(LINE, LINE))) == (2, 0, 0, 0)
    assert rows("line_no, occurrence") == [(2, 1), (3, 2)]
    assert counts(take(log(LINE, LINE, LINE))) == (1, 0, 2, 0)
    assert rows("line_no, occurrence") == [(2, 1), (3, 2), (4, 3)]
    assert counts(take(log(LINE) + "\n")) == (0, 0, 1, 0)


def test_a_line_with_other_values_replaces_a_row(both_ways, take, rows, ask):
    take(log(LINE))
    assert counts(take(log("P1,2026-01-02 08:00,squat,,1,10,3,,6,,"))) == (0, 1, 0, 0)
    assert rows("upload_id, CAST(pain_after AS DOUBLE)") == [(2, 6.0)]
    assert counts(take(log("P1,2026-01-02 08:00,squat,,1,10,3,,7,,"))) == (0, 1, 0, 0)
    assert rows("upload_id, CAST(pain_after AS DOUBLE)") == [(3, 7.0)]
    first = ask("SELECT min(row_id) FROM clinic.log_row")[0][0]
    assert ask("SELECT revises FROM clinic.log_row ORDER BY row_id") == [(None,), (first,), (first,)]


def test_a_value_that_was_replaced_does_not_come_back_with_an_old_file(both_ways, take, rows):
    take(log(LINE))
    take(log("P1,2026-01-02 08:00,squat,,1,10,3,,6,,"))
    assert counts(take(log(LINE) + "\n")) == (0, 0, 1, 0)
    assert rows("CAST(pain_after AS DOUBLE)") == [(6.0,)]


@pytest.mark.parametrize(
    "second",
    [
        ["P1,2026-01-02 08:00,squat,,1,12,3,,6,,", "P1,2026-01-02 08:00,squat,,1,14,3,,6,,"],
        ["P1,2026-01-02 08:00,bridge,,1,10,3,,4,,"],
        ["P1,2026-01-02 08:00,squat,left,1,10,3,,4,,"],
        ["P1,2026-01-02 08:01,squat,,1,10,3,,4,,"],
        ["P2,2026-01-02 08:00,squat,,1,10,3,,5,,"],
    ],
)
def test_sets_and_other_keys_are_new(both_ways, take, second):
    take(log(LINE))
    assert counts(take(log(*second))) == (len(second), 0, 0, 0)


def test_without_a_time_of_day_nothing_is_changed(both_ways, take):
    take(log("P1,2026-01-02,squat,,1,10,3,,4,,"))
    assert counts(take(log("P1,2026-01-02,squat,,1,10,3,,5,,"))) == (1, 0, 0, 0)


def test_two_stored_rows_of_one_key_are_sets_too(both_ways, take):
    take(log(LINE, "P1,2026-01-02 08:00,squat,,1,12,3,,4,,"))
    assert counts(take(log("P1,2026-01-02 08:00,squat,,1,14,3,,4,,"))) == (1, 0, 0, 0)


def test_all_four_fates_in_one_file(both_ways, take):
    take(log(LINE, "P1,2026-01-03 08:00,squat,,1,10,3,,4,,"))
    result = take(log(LINE, "P1,2026-01-03 08:00,squat,,1,10,3,,5,,", "P1,2026-01-04 08:00,squat,,1,10,3,,5,,", "x,y"))
    assert (result.lines, counts(result)) == (4, (1, 1, 1, 1))


def test_rows_that_only_an_undone_upload_holds_are_new_again(both_ways, store, take, rows, ask):
    take(log(LINE))
    with store.write() as cursor:
        cursor.execute("INSERT INTO clinic.upload_event VALUES (1, 1, 'undone', now()::TIMESTAMP, '')")
    assert rows("line_no") == []
    again = take(log(LINE))
    assert (again.status, counts(again)) == ("imported", (1, 0, 0, 0))
    assert rows("upload_id, line_no") == [(1, 2)]
    assert ask("SELECT upload_id, line_no FROM clinic.other_line") == [(2, 2)]


def test_many_lines_are_taken_the_short_way_and_keep_their_order(take, rows, monkeypatch):
    monkeypatch.setattr(importing, "SHORT_WAY_FROM_BYTES", 1000)
    lines = [f"P{number % 7},2026-01-{number % 28 + 1:02d} 08:00,squat,,1,{number},3,,4,," for number in range(3000)]
    lines[1234] = "P1,bad,squat,,,,,,,,"
    lines[2345] = ""
    result = take(log(*lines))
    assert (counts(result), result.patients) == ((2998, 0, 0, 1), 7)
    assert rows("line_no") == [(number + 2,) for number in range(3000) if number not in (1234, 2345)]


def test_a_rehearsal_stores_nothing(take, ask):
    assert counts(take(log(LINE), rehearse=True)) == (1, 0, 0, 0)
    assert ask("SELECT upload_id FROM clinic.log_row UNION SELECT upload_id FROM clinic.upload_patient") == []
    assert ask("SELECT upload_id FROM clinic.upload UNION SELECT upload_id FROM clinic.upload_part") == []


def test_the_upload_remembers_how_the_file_was_read(take, ask):
    take(log(LINE).encode("utf-16"), "log.csv", by="lee", uploaded_at=NOW)
    assert ask(
        "SELECT kind, file_name, uploaded_at, uploaded_by, patient_id, mapping, reading ->> '$.dialect.encoding', "
        "lines, new, changed, duplicate, rejected, patients FROM clinic.upload"
    ) == [("log", "log.csv", NOW, "lee", None, "contract", "utf-16", 1, 1, 0, 0, 0, 1)]


# The file itself


@pytest.mark.parametrize("part_bytes", [1 << 22, 10])
def test_the_original_is_kept_byte_for_byte(store, take, monkeypatch, part_bytes):
    monkeypatch.setattr(originals, "PART_BYTES", part_bytes)
    content = log(LINE, 'P1,2026-01-03,squat,,,,,,,,"통증\n두 줄"', "P1,2026-01-04,squat,,,,,,,,").encode("cp949")
    take(content)
    assert original(store, 1) == content
    assert original_lines(store, 1, {3, 5, 99}) == {
        3: 'P1,2026-01-03,squat,,,,,,,,"통증\n두 줄"',
        5: "P1,2026-01-04,squat,,,,,,,,",
    }
    assert original_lines(store, 1, {2}) == {2: LINE}


def test_a_quotation_mark_that_is_never_closed_costs_no_line_in_the_original_or_the_rejected_lines(store, take):
    torn = ['P1,2026-01-02,squat,,1,10,3,3,3,no,"one', 'two",x,squat,,,,,,,,', "P3,x,squat,,,,,,,,"]
    assert counts(take(log(*torn, "P4,2026-01-03,squat,,,,,,,,"))) == (1, 0, 0, 3)
    assert original_lines(store, 1, {2, 3, 4}) == dict(enumerate(torn, start=2))
    assert export.rejected(store, 1).decode("utf-8-sig").splitlines() == [
        f'{HEADER},"Why it was rejected"',
        f'{torn[0]},"the quotation marks on this line do not match"',
        f'{torn[1]},"performed_at is not a date that exists"',
        f'{torn[2]},"performed_at is not a date that exists"',
    ]


def test_a_file_without_a_header_is_read_when_somebody_says_what_its_columns_are(store, take, rows):
    mapping = {"columns": {"patient_id": "column 1", "performed_at": "column 2", "exercise": "column 3"}}
    result = take("P1,2026-01-02,squat\n\nP1,x,squat\n", mapping=mapping, overrides=Overrides(header_line=0))
    assert counts(result) == (1, 0, 0, 1)
    assert rows("line_no, patient_id, exercise") == [(1, "P1", "squat")]
    assert export.rejected(store, 1) == b'\xef\xbb\xbfP1,x,squat,"performed_at is not a date that exists"\r\n'


def test_the_words_of_a_column_are_those_of_the_whole_file(store):
    lines = "date,exercise\n" + "2026-01-02,Plank\n" * 300 + '2026-01-02,"Row, seated"\n2026-01-02,\n2026-01-02,Ab\n'
    stream = io.BytesIO(lines.encode())
    assert importing.words_of(store, stream, inspect_file(stream), "exercise") == ["Plank", "Ab", "Row, seated"]


def test_midnights_that_were_days_are_known_again_beside_times(take, rows):
    midnight, later = "P1,2026-01-02 00:00,squat,,,5,3,,4,,", "P1,2026-01-03 08:00,squat,,,5,3,,4,,"
    assert counts(take(log(midnight))) == (1, 0, 0, 0)
    assert counts(take(log(midnight, later))) == (1, 0, 1, 0)
    assert counts(take(log(midnight, midnight, later))) == (1, 0, 2, 0)
    assert len(rows("row_id")) == 3


@pytest.mark.parametrize("name", ["log\0.csv", "log\ud800.csv"])
def test_a_file_whose_name_cannot_be_written_is_refused(take, ask, name):
    refused = take("patient_id,performed_at,exercise\nA,2026-03-29,squat\n", name)
    assert (refused.file, refused.status) == ("log?.csv", "refused")
    assert refused.reason == "The name of this file holds characters that cannot be written; give it another name."
    assert ask("FROM clinic.upload") == []
