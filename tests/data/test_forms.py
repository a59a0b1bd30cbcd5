"""The exports of web forms: what they say is read, and what they do not say is asked about."""

import pytest

ROW = "patient_id, CAST(performed_at AS VARCHAR), exercise, pain_before, pain_during, pain_after, stopped_early"
QUESTIONS = (
    "Which exercise did you do?",
    "How bad is your pain before exercise? (0 = none, 10 = worst)",
    "How bad is your pain during exercise? (0 = none, 10 = worst)",
    "How bad is your pain after exercise? (0 = none, 10 = worst)",
    "Did you stop because of pain?",
)


def csv(*lines, quote='"', delimiter=",", end="\n"):
    rows = [delimiter.join(f"{quote}{cell}{quote}" for cell in line) for line in lines]
    return end.join([*rows, ""])


def codes(result):
    return [note.code for note in result.notes]


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_google_forms_with_questions_as_headers(take, rows, quote, delimiter):
    header = ["Timestamp", "Patient ID", *(question.replace(",", ";") for question in QUESTIONS)]
    header = [name.replace(";", "," if quote else "") for name in header]
    answers = ["2026-11-02 08:15:00", "P001", "Pelvic tilt", "3", "4", "3", "No"]
    result = take(csv(header, answers, quote=quote, delimiter=delimiter))
    assert rows(ROW) == [("P001", "2026-11-02 08:15:00", "pelvic_tilt", 3, 4, 3, False)]
    assert [str(note) for note in result.notes] == ["Pain was read on the scale 0 to 10, as the header states it."]


def test_google_forms_in_korean(take, rows):
    header = "타임스탬프,환자번호,어떤 운동을 하셨나요?,운동 전 통증은 어느 정도인가요? (0-10),"
    header += "운동 중 통증은 어느 정도인가요? (0-10),운동 후 통증은 어느 정도인가요? (0-10),통증 때문에 중단하셨나요?"
    take(f"{header}\n2026. 11. 3 오후 6:20:10,P001,무릎 가슴 당기기,3,6,5,예\n")
    assert rows(ROW) == [("P001", "2026-11-03 18:20:10", "knee_to_chest", 3, 6, 5, True)]


@pytest.mark.parametrize(
    "header",
    [
        "タイムスタンプ,患者番号,どの運動をしましたか？,運動前の痛み (0-10),運動中の痛み (0-10),運動後の痛み (0-10)",
        "Marca temporal,Paciente,¿Qué ejercicio?,Dolor antes (0-10),Dolor durante (0-10),Dolor después (0-10)",
        "Zeitstempel,Patient,Welche Übung?,Schmerz vorher,Schmerz während der Übung,Schmerz danach",
        "Horodateur,Patient,Quel exercice ?,Douleur avant,Douleur pendant,Douleur après",
        "Timestamp,Patient,Exercise,Pain before exercise,Schmerz während der Übung,Pain after exercise",
        "Timestamp,Patient,Exercise,Pain before exercise,Back pain during exercise,Pain after exercise",
        "Timestamp,Patient,Exercise,Leg pain before exercise,Leg pain during exercise,Leg pain after exercise",
        "Timestamp,Patient,Exercise,Pain at rest,Pain during exercise,Pain after exercise",
        "Timestamp,Patient,Exercise,Pain before surgery,Expected pain,Pain in the last week",
        "Timestamp,Patient,Exercise,Was pain there before? (1 = yes 0 = no),Fear of pain during exercise,x",
    ],
)
def test_scores_whose_moment_is_not_understood_are_asked_about(take, header):
    result = take(f"{header}\n2026-11-02 08:15:00,P001,Squat,3,4,5\n", patient="P001")
    assert (result.status, result.message.code) == ("refused", "scores_unclear")


def test_pain_that_is_another_matter_is_not_used_and_said(take, rows):
    header = "Timestamp,Patient ID,Exercise,Pain before exercise,Pain after exercise,"
    header += "Pain before surgery,Pain in the last week"
    result = take(f"{header}\n2026-11-02 08:15:00,P001,squat,3,4,9,8\n")
    assert rows("pain_before, pain_during, pain_after") == [(3, None, 4)]
    assert [str(note) for note in result.notes] == ["Columns not used: Pain before surgery, Pain in the last week."]


def test_an_answer_by_yes_or_no_is_no_score(take, rows):
    header = "Timestamp,Patient ID,Exercise,Was there pain during exercise?,Pain before exercise"
    result = take(f"{header}\n2026-11-02 08:15:00,P001,squat,Yes,3\n")
    assert rows("pain_before, pain_during") == [(3, None)]
    assert [str(note) for note in result.notes] == ["Columns not used: Was there pain during exercise?."]


@pytest.mark.parametrize(
    ("header", "question"),
    [
        ("Timestamp,Patient ID,What we did,Pain before exercise,Pain during exercise", "What we did"),
        ("record_id,redcap_event_name,date,what,pain_before,pain_after", "redcap_event_name, what"),
        ("Timestamp,Patient ID,Did you exercise?,Pain before exercise,Left pain after", "Did you exercise?"),
    ],
)
def test_scores_without_a_known_exercise_are_asked_about(take, header, question):
    cells = ["2026-11-02"] * 6 if "redcap" in header else ["2026-11-02 08:15:00", "P001", "Yes", "3", "7"]
    result = take(f"{header}\n{','.join(cells[: header.count(',') + 1])}\n")
    assert (result.status, result.message.code) == ("refused", "exercise_unclear")
    assert f"Not used are: {question}." in result.reason


def test_leaving_the_exercise_empty_by_hand_answers_it(take, rows):
    columns = {"performed_at": "Day", "pain_before": "Before", "pain_after": "After"}
    assert take("Day,Steps,Before,After\n2026-11-02,900,3,5\n", patient="P1", mapping={"columns": columns}).new == 1
    assert rows("exercise, pain_before, pain_after") == [(None, 3, 5)]


def test_what_a_form_writes_of_itself_is_no_exercise(take):
    header = "start,end,patient_id,pain_before,pain_during,_id,_uuid,_submission_time,IP Address,Email"
    line = "2026-11-02T08:14:01,2026-11-02T08:16:01,P001,3,4,1,u,2026-11-02T08:17:00,1.1.1.1,a@b.c"
    assert take(f"{header}\n{line}\n").status == "imported"


@pytest.mark.parametrize(
    ("columns", "used"),
    [
        ("start,end,_submission_time", "start"),
        ("end,_submission_time,today", "end"),
        ("SubmissionDate,_id,today", "SubmissionDate"),
        ("ID,Start time,Completion time", "Start time"),
        ("ID,시작 시간,완료 시간", "시작 시간"),
        ("#,Submitted At,Token", "Submitted At"),
        ("Respondent ID,Start Date,End Date", "Start Date"),
        ("SubmissionDate,start,end", "start"),
        ("Response ID,Timestamp,Email", "Timestamp"),
        ("Submission Date,IP,Submission ID", "Submission Date"),
    ],
)
def test_the_beginning_is_preferred_to_the_end(take, rows, columns, used):
    times = {
        "start": "07",
        "end": "08",
        "_submission_time": "09",
        "Start time": "07",
        "시작 시간": "07",
        "Start Date": "07",
    }
    cells = [f"2026-11-02 {times.get(name, '10')}:00:00" for name in columns.split(",")]
    result = take(f"{columns},patient_id,exercise,pain_before\n{','.join(cells)},P1,squat,3\n")
    assert rows("CAST(performed_at AS VARCHAR)") == [(f"2026-11-02 {times.get(used, '10')}:00:00",)]
    unused = [name for name in columns.split(",") if name != used]
    assert [str(note) for note in result.notes] == [f"Columns not used: {', '.join(unused)}."]


@pytest.mark.parametrize("header", ["_submission_time", "Start Date (UTC)", "Submit Date (UTC)"])
def test_times_in_utc_become_the_clinics(take, rows, header):
    result = take(f"{header},patient_id,exercise\n2026-11-01 23:14:00,P1,squat\n")
    assert rows("CAST(performed_at AS VARCHAR)") == [("2026-11-02 08:14:00",)]
    assert codes(result) == ["times_in_utc"]


def test_two_days_that_are_equally_good_are_asked_about(take):
    result = take("Timestamp,Date,Patient ID,Exercise\n2026-11-02 08:15:00,2026-11-01,P001,squat\n")
    assert result.message.values == {"columns": "Timestamp and Date", "column": "performed_at"}


def test_notes_that_kobotoolbox_writes_are_not_the_patients(take, rows):
    take("start,patient_id,exercise,Notes,_notes\n2026-11-02 08:00,P1,squat,hurt,checked\n")
    assert rows("notes") == [("hurt",)]


@pytest.mark.parametrize("quote", ["", '"'])
def test_surveymonkey_names_its_columns_on_two_lines(take, rows, quote):
    text = csv(
        [
            "Respondent ID",
            "Start Date",
            "End Date",
            "Patient ID",
            "Which exercise did you do?",
            "Rate your pain",
            "",
            "",
        ],
        ["", "", "", "Open-Ended Response", "Response", "Before exercise", "During exercise", "After exercise"],
        ["11", "11/13/2026 08:14:00 AM", "11/13/2026 08:15:00 AM", "P001", "Pelvic tilt", "3", "4", "5"],
        ["12", "11/14/2026 08:14:00 PM", "11/14/2026 08:15:00 PM", "P001", "Squat", "3", "8", "7"],
        quote=quote,
        end="\r\n",
    )
    result = take(text)
    assert (result.new, result.rejected) == (2, 0)
    assert rows(ROW) == [
        ("P001", "2026-11-13 08:14:00", "pelvic_tilt", 3, 4, 5, None),
        ("P001", "2026-11-14 20:14:00", "squat", 3, 8, 7, None),
    ]
    assert [str(note) for note in result.notes] == [
        "Lines 1 to 2 together name the columns.",
        "Columns not used: Respondent ID, End Date.",
    ]


def test_a_second_line_that_names_more_columns_than_the_first(take, rows):
    text = "Respondent ID,Start Date,Exercise,Please rate,,\n"
    text += ",,Response,Pain before exercise,Pain during exercise,Pain after exercise\n"
    result = take(f"{text}11,2026-11-13 08:14:00,squat,3,4,5\n", patient="P001")
    assert rows(ROW) == [("P001", "2026-11-13 08:14:00", "squat", 3, 4, 5, None)]
    assert codes(result) == ["header_lines", "unused_columns"]


def test_a_first_line_of_answers_is_no_second_header(take, rows):
    assert take("Timestamp,Patient ID,Exercise,Notes,\n2026-11-02 08:00:00,P001,squat,hm,Response\n").new == 1


def test_qualtrics_writes_codes_above_and_below_its_questions(take, rows):
    codes_line = (
        '"{""ImportId"":""startDate""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}","{""ImportId"":""QID3""}"'
    )
    text = f"StartDate,Q1,Q2,Q3\nStart Date,Patient ID,Which exercise did you do?,Pain before exercise\n{codes_line}\n"
    result = take(f"{text}2026-11-02 08:14:00,P001,squat,3\n")
    assert rows(ROW) == [("P001", "2026-11-02 08:14:00", "squat", 3, None, None, None)]
    assert codes(result) == ["header_below", "header_lines"]


@pytest.mark.parametrize("scale", ["(0-100)", "[0 to 100]", "(0 = none, 100 = worst)"])
def test_a_scale_that_the_header_states_is_used_and_said(take, rows, scale):
    text = csv(
        ["patient_id", "date", "exercise", f"Pain before {scale}", f"Pain after {scale}"],
        ["P1", "2026-11-02", "squat", "5", "35"],
    )
    result = take(text)
    assert rows("pain_before, pain_after") == [(0.5, 3.5)]
    assert [str(note) for note in result.notes] == ["Pain was read on the scale 0 to 100, as the header states it."]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("Pain before (1-5)", "Pain after (1-5)", "scale_unknown"),
        ("Pain before (1-10)", "Pain after (1-10)", "scale_unknown"),
        ("Pain before (0 = worst 10 = none)", "Pain after (0 = worst 10 = none)", "scale_unknown"),
        ("Pain before (0-10)", "Pain after (10-0)", "scales_differ"),
        ("Pain before (%)", "Pain after (%)", "scores_unclear"),
        ("Pain before (0-10)", "Pain after (0-100)", "scales_differ"),
        ("Pain before (0-100)", "Pain after", "scales_differ"),
    ],
)
def test_a_scale_that_is_not_clear_is_asked_about(take, before, after, code):
    result = take(f"patient_id,date,exercise,{before},{after}\nP1,2026-11-02,squat,3,4\n")
    assert (result.status, result.message.code) == ("refused", code)


def test_a_diarys_one_score_on_the_scale_of_its_header(take, rows):
    take("patient_id,date,Pain level (0-100)\nP1,2026-11-02,40\n")
    assert rows("pain_before") == [(4,)]


@pytest.mark.parametrize(
    "header", ["Name", "Athlete", "성명", "환자명", "Full name", "Email", "ID", "Participant name"]
)
def test_several_people_in_a_file_of_one_patient_are_asked_about(take, header):
    lines = "".join(f"2026-10-{day:02d} 08:00,{'Kim' if day < 25 else 'Lee'},squat,3,4\n" for day in range(1, 27))
    result = take(f"date,{header},exercise,pain before,pain after\n{lines}", patient="P1")
    assert result.message.code == "several_people"
    assert result.message.values == {"column": header, "people": "Kim, Lee"}
    assert (
        take(f"date,{header},exercise,pain before,pain after\n{lines.replace('Lee', ' KIM ')}", patient="P1").new == 26
    )


def test_several_people_far_down_in_a_long_file(take):
    lines = "2026-11-02 08:00,Kim,squat,3\n" * 1000 + "2026-11-02 08:00,Lee,squat,3\n"
    assert take(f"date,Name,exercise,pain before\n{lines}", patient="P1").message.code == "several_people"


def test_the_number_of_an_answer_is_no_person(take):
    lines = "".join(f"{day},2026-11-{day:02d} 08:00,squat,3\n" for day in range(1, 20))
    assert take(f"ID,date,exercise,pain before\n{lines}", patient="P1").new == 19


def test_people_are_not_asked_about_where_the_columns_are_named_by_hand(take):
    columns = {"performed_at": "date", "exercise": "exercise"}
    text = "date,Name,exercise\n2026-11-02,Kim,squat\n2026-11-03,Lee,squat\n"
    assert take(text, patient="P1", mapping={"columns": columns}).new == 2


def test_excels_line_for_the_delimiter_and_decimal_commas(take, rows):
    result = take("\ufeffsep=;\r\nPATIENT_ID;DATE;EXERCISE;PAIN_BEFORE;PAIN_AFTER\r\nP1;2026-11-02;squat;3,5;4\r\n")
    assert rows("patient_id, pain_before, pain_after") == [("P1", 3.5, 4)]
    assert codes(result) == ["header_below"]


def test_a_column_that_is_there_twice_is_asked_about(take):
    result = take("patient_id,date,exercise,Pain before,Pain before\nP1,2026-11-02,squat,5,3\n")
    assert result.message.code == "several_columns"


def test_a_duration_in_minutes_is_not_read_as_seconds(take, rows):
    result = take("patient_id,date,exercise,Duration (min)\nP1,2026-11-02,squat,5\n")
    assert rows("duration_s") == [(None,)]
    assert [str(note) for note in result.notes] == ["Columns not used: Duration (min)."]
