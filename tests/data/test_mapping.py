"""Which column of a file is which column of the contract."""

import io
import os

import pytest

from data import mapping
from data.mapping import Mapping, MappingError, find, from_dict, mapping_files, save
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
    known = mapping_files()[name]
    assert refused(",".join(known.header) + "\n" + ",".join("1" for _ in known.header) + "\n") == known.refuse


def test_every_ready_mapping_reads_a_file_with_its_own_header():
    for known in mapping_files().values():
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


def test_a_mapping_that_is_saved_is_used_for_the_next_file(tmp_path):
    own = Mapping(
        name='Our "app" / 2',
        kind="log",
        columns={"performed_at": "Wann", "exercise": "Was", "reps": "Wie oft"},
        exercises={"Becken": "pelvic_tilt"},
        only={"Art": ["Übung"]},
        date_order="dmy",
        zero_is_missing=["reps"],
    )
    path = save(own, inspect_file(io.BytesIO(b"Wann,Was,Wie oft,Art,\n1,2,3,4,5\n")))
    assert path == tmp_path / "mappings" / "Our-app-2.toml"
    assert found("Art,Wann,Was,Wie oft\n1,2,3,4\n") == own
    assert next(iter(mapping_files())) == own.name


def test_a_clinics_own_mapping_comes_before_a_ready_one_of_its_name(tmp_path):
    folder = tmp_path / "mappings"
    folder.mkdir()
    (folder / "hevy.toml").write_text('header = ["title"]\nkind = "log"\n[columns]\nperformed_at = "title"\n')
    assert mapping_files()["hevy"].header == ("title",)


@pytest.mark.parametrize(
    "text",
    [
        "header = [",
        'kind = "log"\n[columns]\n',
        'header = ["a"]\nkind = "diary"\n[columns]\n',
        'header = ["a"]\nkind = "log"\n[columns]\nweight = "a"\n',
        'header = ["a"]\nkind = "log"\ncolour = "red"\n[columns]\n',
    ],
)
def test_a_mapping_file_that_cannot_be_used_is_named(tmp_path, text):
    folder = tmp_path / "mappings"
    folder.mkdir()
    (folder / "ours.toml").write_text(text)
    with pytest.raises(MappingError, match="ours"):
        mapping_files()


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "mappings").write_text("a file")
    own = Mapping(name="own", kind="log", columns={"performed_at": "a"})
    with pytest.raises(MappingError, match="cannot be kept"):
        save(own, inspect_file(io.BytesIO(b"a,b\n1,2\n")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"date_order": "ydm"},
        {"pain_scale": "0-7"},
        {"duration_unit": "hours"},
        {"only": {"a": ["1"]}, "without": {"b": ["1"]}},
        {"zero_is_missing": ["weight"]},
        {"left": {"weight": "a"}},
        {"colour": "red"},
    ],
)
def test_a_mapping_of_wrong_parts(wrong):
    with pytest.raises(MappingError, match="The mapping own"):
        from_dict({"name": "own", "kind": "log", "columns": {"performed_at": "a"}, **wrong})


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
    with pytest.raises(MappingError, match="The header names Date twice"):
        mapping.positions(inspect_file(io.BytesIO(b"date,what,Date\n1,2,3\n")), chosen)


SOUND = """header = ["who"]
kind = "log"
{}
[columns]
patient_id = "who"
performed_at = "day"
pain_before = "pain"
"""


@pytest.mark.parametrize(
    "entry",
    [
        "left = 'x'",
        "only = 'x'",
        "only = {who = 'x'}",
        "without = {who = 'x'}",
        "exercises = 'x'",
        "exercises = {Beuge = 5}",
        "exercises = {Beuge = 'squads'}",
        "score = ['a']\nscore_time = 'b'",
        "score_times = 'x'",
        "zero_is_missing = 'reps'",
        "day = 2026-01-02",
        "day = 'Monday'",
        "time_zone = []",
        "name = ['a']",
        "name = 5",
        "refuse = true",
    ],
)
def test_a_mapping_file_that_is_written_wrongly_is_named(tmp_path, entry):
    folder = mapping.own_folder()
    folder.mkdir()
    (folder / "mine.toml").write_text(SOUND.format(entry))
    message = refused("patient_id,performed_at,pain_before\nP1,2026-01-02,3\n")
    assert message.startswith(f"The mapping file {folder / 'mine.toml'} cannot be used: ")


def test_two_mapping_files_of_one_name(tmp_path):
    folder = mapping.own_folder()
    folder.mkdir()
    for file in ("a", "b"):
        (folder / f"{file}.toml").write_text(SOUND.format("name = 'mine'"))
    told = refused("who,day,pain\n")
    assert told.startswith(f"The mapping file {folder}")
    assert told.endswith(".toml has the name of another one, mine; give it its own.")


def test_names_that_would_have_one_file_have_two():
    seen = inspect_file(io.BytesIO(b"who,day,pain\nP1,2026-01-02,3\n"))
    columns = {"patient_id": "who", "performed_at": "day", "pain_before": "pain"}
    files = [save(Mapping(name=name, kind="log", columns=columns), seen) for name in ("a b", "a/b", "a b", "../a b")]
    assert [file.name for file in files] == ["a-b.toml", "a-b-2.toml", "a-b.toml", "a-b-3.toml"]
    assert {file.parent for file in files} == {mapping.own_folder()}


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


def test_of_two_mappings_for_one_header_the_newer_is_used():
    seen = inspect_file(io.BytesIO(b"Day,Move\n2026-01-02,squat\n"))
    for age, name in ((1, "b"), (0, "a"), (2, "c")):
        path = save(Mapping(name, "log", {"performed_at": "Day", "exercise": "Move"}), seen)
        os.utime(path, (1_800_000_000 - age, 1_800_000_000 - age))
    assert find(seen).name == "a"
