"""Which column of a file is which column of the contract."""

import io

import pytest

from data import mapping, mapping_files
from data.mapping import Mapping, MappingError, from_dict, used
from data.mapping_files import find
from data.reading import inspect_file


def found(text, name=None):
    return find(inspect_file(io.BytesIO(text.encode())), name)


def refused(text, name=None):
    with pytest.raises(MappingError) as refusal:
        found(text, name)
    return str(refusal.value)


def test_the_contracts_own_names():
    assert found("Patient ID,Performed At,Exercise,Pain (0-10)-before\n1,2,3,4\n").columns == {
        "patient_id": "Patient ID",
        "performed_at": "Performed At",
        "exercise": "Exercise",
        "pain_before": "Pain (0-10)-before",
    }


def test_korean_names_with_units():
    header = "환자번호,운동일시,운동,좌우,세트,횟수(회),운동 전 통증(0-10),운동 후 통증,중도중단,메모"
    assert found(f"{header}\n{',' * 9}\n") == Mapping(
        name="contract",
        kind="log",
        columns={
            "patient_id": "환자번호",
            "performed_at": "운동일시",
            "exercise": "운동",
            "side": "좌우",
            "sets": "세트",
            "reps": "횟수(회)",
            "pain_before": "운동 전 통증(0-10)",
            "pain_after": "운동 후 통증",
            "stopped_early": "중도중단",
            "notes": "메모",
        },
    )


def test_left_and_right_columns():
    chosen = found("patient,date,exercise,Left Reps,reps_r,pain before left\nP1,2026-01-02,squat,1,2,3\n")
    assert (chosen.left, chosen.right) == (
        {"reps": "Left Reps", "pain_before": "pain before left"},
        {"reps": "reps_r"},
    )


def test_a_clock_beside_the_day():
    assert found("patient,date,time,exercise\nP1,2026-01-02,08:30,squat\n").time_of_day == "time"
    assert found("patient,date,시간,exercise\nP1,2026-01-02,오후 3:04,squat\n").time_of_day == "시간"


@pytest.mark.parametrize("cells", ["2026-01-02,60.0", "2026-01-02 08:30,08:30", "2026-01-02,"])
def test_a_time_that_is_no_clock_or_not_needed_is_left_alone(cells):
    assert found(f"date,time,exercise\n{cells},squat\n").time_of_day is None


def test_a_roster():
    assert found("Patient,Severity,Sex\nP1,mild,f\n") == Mapping(
        name="roster", kind="roster", columns={"patient_id": "Patient", "severity": "Severity", "sex": "Sex"}
    )


def test_one_score_without_an_exercise_is_a_diarys():
    assert found("patient,date,pain level\nP1,2026-01-02,4\n").columns["pain_before"] == "pain level"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("patient,exercise", "No column holds the day of the exercise. The columns are: patient, exercise."),
        ("patient,date", "No column holds an exercise or a pain score. The columns are: patient, date."),
        ("date,exercise,pain level", "The column pain level holds one pain score beside an exercise"),
        ("date,pain level,nrs", "The columns pain level and nrs could each be the pain score"),
        ("date,workout date,exercise", "The columns date and workout date could each be performed_at"),
        (",".join(["x"] * 25), "and more. If one of them does"),
    ],
)
def test_what_is_asked_about(header, said):
    assert said in refused(f"{header}\n{'1,' * header.count(',')}1\n")


def test_an_exact_name_wins_over_another_of_its_names():
    assert found("patient_id,date,performed_at,exercise\n1,2,3,4\n").columns["performed_at"] == "performed_at"


def test_the_longest_signature_wins():
    assert found("Date,Exercise,Category,Reps,Distance Unit,Time,Is Completed\n1,2,3,4,5,6,7\n").name == "fitnotes"


def test_a_mapping_by_name():
    assert found("Date,Exercise,Category,Reps,Distance Unit,Time\n1,2,3,4,5,6\n", "fitnotes").duration_unit == "clock"
    assert refused("a,b\n1,2\n", "nobodys").startswith("There is no mapping called nobodys; there are: apple-health")


def test_columns_that_a_version_of_an_export_lacks_are_left_out():
    short = found("Date,Workout Name,Exercise Name,Set Order,Reps\n1,2,3,4,5\n")
    assert short.columns == {"performed_at": "Date", "exercise": "Exercise Name", "reps": "Reps"}
    assert short.without == {"Set Order": ["Rest Timer", "Note"]}


@pytest.mark.parametrize("name", ["bearable", "daylio", "pain-tracker-summary"])
def test_exports_that_cannot_be_read_are_refused_by_name(name):
    known = mapping_files.mapping_files()[name]
    assert refused(",".join(known.header) + "\n" + ",".join("1" for _ in known.header) + "\n") == known.refuse


def test_every_ready_mapping_reads_a_file_with_its_own_header():
    for known in mapping_files.mapping_files().values():
        if not (known.refuse or known.names_too):
            header = [
                *known.header,
                *(
                    header
                    for header in known.entry["columns"].values()
                    if isinstance(header, str) and header not in known.header
                ),
            ]
            chosen = found(",".join(header) + "\n" + ",".join("1" for _ in header) + "\n")
            assert chosen.name == known.name


def test_redcap_projects_name_their_own_fields():
    header = (
        "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,session_date,pain_nrs,log_complete"
    )
    assert found(f"{header}\n1,2,3,4,5,6,7\n") == Mapping(
        name="redcap-repeating",
        kind="log",
        columns={"patient_id": "record_id", "performed_at": "session_date", "pain_before": "pain_nrs"},
        only={"redcap_repeat_instance": ["*"]},
    )
    assert found("study_id,redcap_event_name,date,exercise\n1,2,3,4\n").columns["patient_id"] == "study_id"
    assert "No column holds the day" in refused(
        "record_id,redcap_repeat_instrument,redcap_repeat_instance,weight\n1,2,3,4\n"
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"date_order": "ydm"},
            "In the mapping own, date_order has to be one of 'ymd', 'dmy', 'mdy', 'excel' or 'epoch'.",
        ),
        ({"pain_scale": "0-7"}, "In the mapping own, pain_scale has to be one of '0-10', '0-100', '0-5' or '1-4'."),
        ({"kind": "diary"}, "In the mapping own, kind has to be one of 'log' or 'roster'."),
        ({"columns": {"reps": 5}}, "In the mapping own, columns.reps has to be text in quotation marks."),
        ({"only": {"a": "1"}}, "In the mapping own, only.a has to be a list in square brackets."),
        ({"left": []}, "In the mapping own, left has to be a table."),
        ({"zero_is_missing": ["weight"]}, "The mapping own names weight, which no log has."),
        ({"left": {"weight": "a"}}, "The mapping own names weight, which no log has."),
        ({"colour": "red"}, "The mapping own has an unknown entry: colour."),
    ],
)
def test_a_mapping_of_wrong_parts_is_named(wrong, sentence):
    with pytest.raises(MappingError) as error:
        from_dict({"name": "own", "kind": "log", "columns": {"performed_at": "a"}, **wrong})
    assert str(error.value) == sentence


def test_only_lines_that_every_chosen_column_allows_are_read(both_ways, take, rows):
    columns = {"patient_id": "who", "performed_at": "day", "pain_before": "score"}
    mapping = {"columns": columns, "only": {"category": ["Symptom"], "detail": ["Pain"]}, "without": {"by": ["carer"]}}
    result = take(
        "who,day,score,category,detail,by\n"
        "P1,2026-01-02,3,Symptom,Pain,\n"
        "P1,2026-01-03,4,Symptom,Fatigue,\n"
        "P1,2026-01-04,5,Mood,Pain,\n"
        "P1,2026-01-05,6,Symptom,Pain,carer\n"
        "P1,2026-01-06,7,,Pain,\n"
        "P1,2026-01-07,8,Symptom,Pain,self\n",
        mapping=mapping,
    )
    assert (result.new, result.rejected) == (2, 4)
    assert rows("line_no, CAST(pain_before AS DOUBLE)") == [(2, 3), (7, 8)]
    assert [(reject["line"], reject["reason"]) for reject in result.rejects] == [
        (3, "the line is no set or session: its detail is Fatigue"),
        (4, "the line is no set or session: its category is Mood"),
        (5, "the line is no set or session: its by is carer"),
        (6, "the line is no set or session: its category is empty"),
    ]


def test_a_mapping_may_choose_lines_by_several_columns():
    choice = {"only": {"symptom": ["pain"], "kind": ["*"]}, "without": {"kind": ["note"]}}
    mapping = from_dict({"name": "own", "kind": "log", "columns": {"performed_at": "a"}, **choice})
    assert (mapping.only, mapping.without) == (choice["only"], choice["without"])
    assert used(mapping) == ["a", "symptom", "kind", "kind"]


def test_positions_of_a_mapping():
    seen = inspect_file(io.BytesIO(b"date,exercise,Left Reps,Right Reps,Reps,notes,Pain\n1,2,3,4,5,6,7\n"))
    chosen = Mapping(
        name="own",
        kind="log",
        columns={"performed_at": "date", "exercise": "exercise", "reps": "Reps", "notes": "notes"},
        left={"reps": "Left Reps"},
        right={"reps": "Right Reps"},
    )
    found = mapping.positions(seen, chosen)
    assert found.needed == 5
    assert {column: place for column, place in found.place.items() if place} == {
        "performed_at": 1,
        "exercise": 2,
        "reps": 5,
        "notes": 6,
    }
    assert [(side["side_value"], side["reps"], side["reps_of_other"], side["own"]) for side in found.sides] == [
        ("left", 3, 4, [3]),
        ("right", 4, 3, [4]),
    ]


def test_a_column_that_the_file_lacks_or_has_twice():
    chosen = Mapping(name="own", kind="log", columns={"performed_at": "date", "exercise": "what"})
    with pytest.raises(MappingError, match="The mapping own needs the column what, which the file does not have"):
        mapping.positions(inspect_file(io.BytesIO(b"date,exercise\n1,2\n")), chosen)
    with pytest.raises(MappingError, match="The header names date twice"):
        mapping.positions(inspect_file(io.BytesIO(b"date,what,Date\n1,2,3\n")), chosen)


def test_a_mapping_without_any_column(take):
    assert take("a,b\n1,2\n", mapping={"columns": {}}, patient="P").reason == (
        "The mapping own names no column of the file."
    )


def test_a_score_of_zero_can_stand_for_nothing(take, rows):
    columns = {"performed_at": "day", "exercise": "what", "pain_before": "pre", "pain_after": "post"}
    lines = "day,what,pre,post\n2026-01-02,squat,0,5\n2026-01-03,squat,0.0,0\n2026-01-04,,0,2\n2026-01-05,,0,\n"
    result = take(lines, patient="P", mapping={"columns": columns, "zero_is_missing": ["pain_before"]})
    assert (result.new, result.rejected) == (3, 1)
    assert rows("pain_before, pain_after") == [(None, 5), (None, 0), (None, 2)]
