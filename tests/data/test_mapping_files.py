"""The clinic's own mapping files: saved whole, found by their header, and named where they cannot be used."""

import io
import os

import pytest

from data import mapping_files
from data.__main__ import main
from data.mapping import Mapping, MappingError
from data.mapping_files import find, save
from data.reading import inspect_file

SOUND = """header = ["who"]
kind = "log"
{}
[columns]
patient_id = "who"
performed_at = "day"
pain_before = "pain"
"""
LOG = "patient_id,performed_at,pain_before\nP1,2026-01-02,3\n"


def found(text, name=None):
    return find(inspect_file(io.BytesIO(text.encode())), name)


def own_file(name, text):
    folder = mapping_files.own_folder()
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("header = [", "Invalid value (at end of document)"),
        ('kind = "log"\n[columns]\n', "In the mapping ours, header has to be a list in square brackets"),
        (SOUND.format("header = 'who'")[16:], "In the mapping ours, header has to be a list in square brackets"),
        ('header = ["a"]\n[columns]\n', "The mapping ours lacks the entry kind"),
        ('header = ["a"]\nkind = "diary"\n', "In the mapping ours, kind has to be one of 'log' or 'roster'"),
        ('header = ["a"]\nkind = "log"\n[columns]\nweight = "a"\n', "The mapping ours names weight, which no log has"),
        (SOUND.format("colour = 'red'"), "The mapping ours has an unknown entry: colour"),
        (SOUND.format("left = 'x'"), "In the mapping ours, left has to be a table"),
        (SOUND.format("only = {who = 'x'}"), "In the mapping ours, only.who has to be a list in square brackets"),
        (SOUND.format("without = 'x'"), "In the mapping ours, without has to be a table"),
        (
            SOUND.format("exercises = {Beuge = 5}"),
            "In the mapping ours, exercises.Beuge has to be text in quotation marks",
        ),
        (SOUND.format("exercises = {Beuge = 'squads'}"), "The mapping ours has an unknown exercise: squads"),
        (
            SOUND.format("score = ['a']\nscore_time = 'b'"),
            "In the mapping ours, score has to be text in quotation marks",
        ),
        (SOUND.format("time_of_day = ['a', 5]"), "In the mapping ours, time_of_day has to be text in quotation marks"),
        (SOUND.format("day = 2026-01-02"), "In the mapping ours, day has to be text in quotation marks"),
        (SOUND.format("day = 'Monday'"), "The mapping ours has a day that is no date such as 2026-03-31: Monday"),
        (SOUND.format("time_zone = 'Mars'"), "The mapping ours has an unknown time zone: Mars"),
        (SOUND.format("name = 5"), "In the mapping ours, name has to be text in quotation marks"),
        (SOUND.format("refuse = true"), "In the mapping ours, refuse has to be text in quotation marks"),
        (SOUND.format("names_too = 'yes'"), "In the mapping ours, names_too has to be true or false"),
        (f"a = {'[' * 5000}", "it is nested too deeply"),
        (SOUND.format(f"# {'x' * (1 << 18)}"), "it is no file of at most 262,144 bytes"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_skipped(take, text, reason):
    path = own_file("ours.toml", text)
    own_file("sound.toml", SOUND.format("").replace("who", "Wer"))
    result = take(LOG)
    assert (result.new, result.mapping) == (1, "contract")
    assert list(map(str, result.notes)) == [f"The mapping file {path} cannot be used: {reason}."]
    assert take("Wer,day,pain\nP2,2026-01-02,3\n").mapping == "sound"


def test_the_terminal_lists_the_mappings_and_names_what_cannot_be_used(capsys):
    path = own_file("ours.toml", "header = 5\n")
    assert main(["mappings"]) == 0
    out, err = capsys.readouterr()
    assert "knee-diary: log, for files with date, knee_pain, leg_fatigue, total_fatigue\n" in out
    assert err == (
        f"The mapping file {path} cannot be used: In the mapping ours, header has to be a list in square brackets.\n"
    )


def test_a_name_that_two_files_have_belongs_to_the_newer(take):
    _, older = (own_file(f"{name}.toml", SOUND.format("name = 'mine'")) for name in "ab")
    os.utime(older, (1_700_000_000, 1_700_000_000))
    result = take(LOG.replace("patient_id,performed_at,pain_before", "who,day,pain"))
    assert (result.mapping, list(map(str, result.notes))) == (
        "mine",
        [f"The mapping file {older} has the name of another one, mine; give it its own."],
    )


def test_a_link_to_nothing_is_skipped(take):
    mapping_files.own_folder().mkdir()
    (mapping_files.own_folder() / "gone.toml").symlink_to("nowhere.toml")
    assert take(LOG).new == 1


def test_a_mapping_is_saved_whole_or_not_at_all(monkeypatch):
    seen = inspect_file(io.BytesIO(b"Day,Move\n2026-01-02,squat\n"))
    path = save(Mapping("a", "log", {"performed_at": "Day", "exercise": "Move"}), seen)
    before = path.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MappingError, match="cannot be kept"):
        save(Mapping("a", "log", {"performed_at": "Day"}), seen)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_mapping_that_could_not_be_read_again_is_not_saved():
    seen = inspect_file(io.BytesIO(b"Day,Move\n2026-01-02,squat\n"))
    names = {f"exercise {number} {'x' * 200}": "squat" for number in range(2000)}
    with pytest.raises(MappingError, match="would be larger than 262,144 bytes"):
        save(Mapping("a", "log", {"performed_at": "Day"}, exercises=names), seen)
    assert list(mapping_files.own_folder().iterdir()) == []


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
    assert next(iter(mapping_files.mapping_files())) == own.name


def test_a_clinics_own_mapping_comes_before_a_ready_one_of_its_name(tmp_path):
    folder = tmp_path / "mappings"
    folder.mkdir()
    (folder / "hevy.toml").write_text('header = ["title"]\nkind = "log"\n[columns]\nperformed_at = "title"\n')
    assert mapping_files.mapping_files()["hevy"].header == ["title"]


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "mappings").write_text("a file")
    own = Mapping(name="own", kind="log", columns={"performed_at": "a"})
    with pytest.raises(MappingError, match="cannot be kept"):
        save(own, inspect_file(io.BytesIO(b"a,b\n1,2\n")))


def test_names_that_would_have_one_file_have_two():
    seen = inspect_file(io.BytesIO(b"who,day,pain\nP1,2026-01-02,3\n"))
    columns = {"patient_id": "who", "performed_at": "day", "pain_before": "pain"}
    files = [save(Mapping(name=name, kind="log", columns=columns), seen) for name in ("a b", "a/b", "a b", "../a b")]
    assert [file.name for file in files] == ["a-b.toml", "a-b-2.toml", "a-b.toml", "a-b-3.toml"]
    assert {file.parent for file in files} == {mapping_files.own_folder()}


def test_of_two_mappings_for_one_header_the_newer_is_used():
    seen = inspect_file(io.BytesIO(b"Day,Move\n2026-01-02,squat\n"))
    for age, name in ((1, "b"), (0, "a"), (2, "c")):
        path = save(Mapping(name, "log", {"performed_at": "Day", "exercise": "Move"}), seen)
        os.utime(path, (1_800_000_000 - age, 1_800_000_000 - age))
    assert find(seen).name == "a"
