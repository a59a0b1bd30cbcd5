"""Files come in: what was understood, what was stored, and what stays in the history."""

import io
import re
from types import SimpleNamespace

import pytest
from pyarrow import parquet
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

import queries
from data.mapping import DATE_ORDERS, DURATION_UNITS, PAIN_SCALES
from data.store import Store, StoreError
from data.words import OPTIONS
from pages.ui import wording
from pages.ui.imports import mapping_form, one_file, state
from tests.pages.conftest import LOG, ROSTER
from tests.pages.screen import button, run, table, values, words

COUNTS = ["Lines", "New", "Changed", "Duplicate", "Rejected"]
WITHOUT_PATIENT = "date,exercise,pain before exercise,pain during exercise\n2026-03-27,Pelvic tilts,3,5\n"
UNKNOWN_COLUMNS = "Who,Day it was,Move,Ache at first,Ache at worst\nP1,2026-03-27,Pelvic tilts,3,5\n"
BROKEN_LINES = """\
patient_id,performed_at,exercise,pain_before,pain_during,pain_after
P1,2026-03-27 08:00,pelvic_tilt,3,5,4
P1,someday,pelvic_tilt,3,5,4
P1,2026-03-28 08:00,pelvic_tilt,3,55,4
"""


def drop(shown, *files):
    """Drop files on the page, as bytes or as text."""
    for name, content in files:
        shown.file_uploader[0].upload(name, content if isinstance(content, bytes) else content.encode())
    return run(shown)


def understood(shown):
    """File → what an import would do with it, and the numbers of its lines."""
    told = table(shown, "What each file holds").to_dict("records")
    return {line["File"]: [line["State"], line["What"], *(line[name] for name in COUNTS)] for line in told}


def press(shown, label):
    button(shown, label).click()
    return run(shown)


def lines(content):
    return content().decode("utf-8-sig").splitlines()


def history(shown):
    return table(shown, "Uploads, the newest first")[["File", "State", "What", *COUNTS]].to_numpy().tolist()


def tick(shown, alt, row):
    """Select a row of the table whose alternative text begins so."""
    found = next(frame.proto for frame in shown.dataframe if frame.proto.alt.startswith(alt))
    shown.session_state[found.id.split("-", 2)[2]] = {"selection": {"rows": [row]}}
    return run(shown)


def select_upload(shown, row):
    return tick(shown, "Uploads, the newest first", row)


def field(shown, label):
    return next(found for found in (*shown.text_input, *shown.selectbox, *shown.toggle) if found.label == label)


def test_an_empty_clinic_says_what_to_do(visit):
    assert "No export has been imported yet. Drop the first one above." in values(visit("imports.py").info)


def test_a_preview_stores_nothing(visit):
    shown = drop(visit("imports.py"), ("log.csv", LOG))
    assert understood(shown) == {"log.csv": ["Ready", "Log", 9, 9, 0, 0, 0]}
    assert any("These patients are simulated" in text for text in words(visit("imports.py")))


def test_a_log_and_a_roster_are_imported_and_the_demo_ends(visit):
    shown = press(drop(visit("imports.py"), ("log.csv", LOG), ("roster.csv", ROSTER)), "Import 2 files")
    assert values(shown.success) == ["2 files are imported."]
    became = table(shown, "What became of each file")
    assert became[["File", "State", "Lines", "New"]].to_numpy().tolist() == [
        ["log.csv", "Imported", 9, 9],
        ["roster.csv", "Imported", 6, 6],
    ]
    assert history(shown) == [
        ["roster.csv", "In use", "Roster", 6, 6, 0, 0, 0],
        ["log.csv", "In use", "Log", 9, 9, 0, 0, 0],
    ]
    assert not any("simulated" in text for text in words(run(shown)))
    shown.switch_page("review.py")
    assert table(run(shown), "Review first:")["Patient"].tolist() == ["P1", "P2"]


def test_a_file_can_be_left_out(visit):
    shown = drop(visit("imports.py"), ("log.csv", LOG), ("roster.csv", ROSTER))
    shown.multiselect(key="imports_left_out").set_value([shown.file_uploader[0].value[1].file_id])
    assert [line[0] for line in history(press(run(shown), "Import 1 file"))] == ["log.csv"]


def test_the_same_file_again_is_already_imported(take, visit):
    take(LOG, "log.csv")
    shown = drop(visit("imports.py"), ("copy of log.csv", LOG))
    assert understood(shown) == {"copy of log.csv": ["Already imported", "Log", 9, 0, 0, 9, 0]}
    assert "There is nothing to import. Nothing was stored." in values(shown.info)
    sentence = (
        "Already imported on 2026-03-29 at 12:00 by Lee as log.csv, with lines of 8 patients. To read it in another "
        "way, undo that upload first."
    )
    assert wording.plain(sentence) in values(shown.info)


def test_rejected_lines_are_shown_with_their_reason_and_kept(visit):
    shown = drop(visit("imports.py"), ("week.csv", BROKEN_LINES))
    assert understood(shown) == {"week.csv": ["Ready", "Log", 3, 1, 0, 0, 2]}
    rejects = table(shown, "Rejected lines with column, value and reason")
    assert rejects[["Line", "Column", "Value"]].to_numpy().tolist() == [
        [3, "Day, or day and time", "someday"],
        [4, "Pain during", "55"],
    ]
    shown = press(shown, "Import 1 file")
    assert history(shown) == [["week.csv", "In use", "Log", 3, 1, 0, 0, 2]]
    kept = table(select_upload(shown, 0), "Rejected lines with the reason for each")
    assert kept["As written"].tolist() == BROKEN_LINES.splitlines()[2:]


def test_what_would_become_of_the_lines_can_be_taken_away(take, visit, files):
    take(BROKEN_LINES.replace(",55,", ",5,"), "before.csv")
    drop(visit("imports.py"), ("week.csv", BROKEN_LINES.replace("3,5,4", "3,9,4")))
    assert lines(files["supine-files.csv"]) == [
        "File,State,Lines,New,Changed,Duplicate,Rejected,Patients,What,Read as",
        "week.csv,Ready,3,0,1,0,2,1,Log,Known columns",
    ]
    assert [line[:2] for line in lines(files["supine-rejected-lines.csv"])[1:]] == ["3,", "4,"]
    assert lines(files["supine-changed-lines.csv"])[1].startswith("2,P1,2026-03-27 08:00,pelvic_tilt,")
    assert lines(files["supine-first-rows.csv"])[1].startswith("2,P1,2026-03-27 08:00,")
    for name in ("files", "rejected-lines", "changed-lines", "first-rows"):
        taken = parquet.read_table(io.BytesIO(files[f"supine-{name}.parquet"]()))
        assert taken.num_rows == len(lines(files[f"supine-{name}.csv"])) - 1


def test_an_upload_and_its_rejected_lines_can_be_taken_away(take, visit, files):
    take(BROKEN_LINES, "week.csv")
    select_upload(visit("imports.py"), 0)
    assert files["upload-1.csv"]() == BROKEN_LINES.encode()
    assert lines(files["rejected-1.csv"])[1].startswith("P1,someday,pelvic_tilt,3,5,4,")
    assert [line.split(",")[0] for line in lines(files["supine-rejected-lines.csv"])] == ["line_no", "3", "4"]


def test_the_history_and_the_whole_log_are_taken_away_whole(take, visit, files):
    header, first, *_ = LOG.splitlines()
    for number in range(21):
        take(f"{header}\n{first.replace('P1', f'P{number}')}\n", f"{number}.csv")
    assert len(history(visit("imports.py"))) == 20
    assert len(lines(files["supine-uploads.csv"])) == 22
    assert len(lines(files["supine-log.csv"])) == 22
    assert parquet.read_table(io.BytesIO(files["supine-log.parquet"]())).num_rows == 21


def unfold_contract(shown):
    shown.session_state["imports_contract"] = True
    return run(shown)


def test_the_templates_hold_the_contract(visit, files):
    unfold_contract(visit("imports.py"))
    assert lines(files["supine-log-template.csv"])[0].startswith("patient_id,performed_at,")
    assert lines(files["supine-roster-template.csv"])[0].startswith("patient_id,severity,")


def test_a_file_that_names_no_patient_asks_for_one(visit):
    shown = drop(visit("imports.py"), ("diary.csv", WITHOUT_PATIENT))
    assert understood(shown)["diary.csv"][0] == "Needs you"
    whose = field(shown, "Whose log is this?")
    # The test runner knows no option that somebody typed.
    whose.options.append(" P7 ")
    whose.set_value(" P7 ")
    assert understood(run(shown)) == {"diary.csv": ["Ready", "Log", 1, 1, 0, 0, 0]}
    shown = press(shown, "Import 1 file")
    shown.switch_page("patient.py")
    shown.query_params["patient"] = "P7"
    assert values(run(shown).title) == ["P7"]


def choose_scale(shown, scale="0-10"):
    next(group for group in shown.segmented_control if group.label == "Pain is scored from").set_value(scale)
    return run(shown)


def test_unknown_columns_are_chosen_by_hand(visit):
    shown = drop(visit("imports.py"), ("app.csv", UNKNOWN_COLUMNS))
    assert understood(shown)["app.csv"][0] == "Needs you"
    chosen = {
        "Patient": "Who",
        "Day, or day and time": "Day it was",
        "Exercise": "Move",
        "Pain before": "Ache at first",
        "Pain during": "Ache at worst",
    }
    for column, header in chosen.items():
        field(shown, column).select(header)
    assert any("Choose on which scale pain is scored" in text for text in values(run(shown).info))
    shown = press(choose_scale(shown), "Read the file this way")
    assert understood(shown) == {"app.csv": ["Ready", "Log", 1, 1, 0, 0, 0]}
    shown = press(shown, "Import 1 file")
    shown.switch_page("review.py")
    assert table(run(shown), "Review first:")["Patient"].tolist() == ["P1"]


@pytest.mark.parametrize(
    ("name", "content", "state", "sentence"),
    [
        ("empty.csv", b"", "Cannot be imported", "The file is empty"),
        ("header.csv", b"patient_id,performed_at,exercise,pain_before\n", "Cannot be imported", "no lines below them"),
        ("book.csv", b"PK\x03\x04" + bytes(100), "Cannot be imported", "Excel workbook"),
        ("letter.txt", b"Dear colleague, thank you for the referral.\nKind regards\n", "Needs you", "No column holds"),
        ("=cmd.csv", b"<script>,b\n1,2\n", "Needs you", "No column holds"),
    ],
)
def test_a_file_that_is_no_log_is_refused_with_a_sentence(visit, name, content, state, sentence):
    shown = drop(visit("imports.py"), (name, content))
    assert understood(shown)[name] == [state, "–", 0, 0, 0, 0, 0]
    assert any(sentence in text.replace("\\", "") for text in values(shown.warning))
    assert "There is nothing to import. Nothing was stored." in values(shown.info)


def test_a_good_file_is_imported_beside_a_broken_one(visit):
    shown = press(drop(visit("imports.py"), ("log.csv", LOG), ("broken.csv", b"")), "Import 1 file")
    assert history(shown) == [["log.csv", "In use", "Log", 9, 9, 0, 0, 0]]


def test_a_changed_line_replaces_the_one_before_and_undo_brings_it_back(take, visit):
    take(LOG, "log.csv")
    shown = drop(visit("imports.py"), ("later.csv", LOG.replace("1,10,3,6,4,yes", "1,10,3,8,4,yes")))
    shown = press(shown, "Import 1 file")
    assert history(shown)[0] == ["later.csv", "In use", "Log", 9, 0, 1, 8, 0]
    assert worst_of_the_first(visit()) == "3 → 8 on 27 Mar"
    shown = press(select_upload(shown, 0), "Undo this upload")
    assert [line[:2] for line in history(shown)] == [["later.csv", "Undone"], ["log.csv", "In use"]]
    assert worst_of_the_first(visit()) == "3 → 6 on 27 Mar"
    press(select_upload(shown, 0), "Redo this upload")
    assert worst_of_the_first(visit()) == "3 → 8 on 27 Mar"


def worst_of_the_first(review):
    return re.search(r"\d → \d on 27 Mar", table(review, "Review first:")["What happened"][0])[0]


def test_what_a_file_should_look_like_is_the_contract(visit):
    shown = unfold_contract(visit("imports.py"))
    assert table(shown, "The columns of a log")["Column"].tolist()[:2] == ["patient_id", "performed_at"]
    assert table(shown, "The columns of a roster")["Column"].tolist()[:2] == ["patient_id", "severity"]


def test_how_a_file_is_written_is_shown_and_can_be_changed(visit):
    preamble = f"study,of,spring,in,Seoul\n{UNKNOWN_COLUMNS}"
    shown = drop(visit("imports.py"), ("log.csv", preamble.replace(",", "\t")))
    assert any("Read as utf-8, with tab between cells" in text and "header: line 1" in text for text in words(shown))
    field(shown, "Header").set_value(2)
    run(shown)
    assert any("header: line 2" in text for text in words(shown))
    field(shown, "Between cells").set_value(";")
    run(shown)
    assert any("with semicolon between cells" in text for text in words(shown))


def by_hand(visit, content, **chosen):
    """Drop a file, open its form where no question has opened it, and choose what these labels are."""
    shown = drop(visit("imports.py"), ("app.csv", content))
    if any(switch.label == "Choose the columns by hand" for switch in shown.toggle):
        field(shown, "Choose the columns by hand").set_value(True)
        run(shown)
    for label, choice in chosen.items():
        field(shown, label).select(choice)
        run(shown)
    return shown


def test_one_score_on_each_line_is_proposed_and_its_unknown_words_are_asked_for(visit):
    lines = "patient,date,move,moment,pain\n"
    lines += "P1,2026-03-27,Squat,pre,3\nP1,2026-03-27,Squat,post,5\nP1,2026-03-27,Squat,at worst,6\n" * 1
    lines += "P1,2026-03-28,Squat,pre,3\nP1,2026-03-28,Squat,post,3\n" * 100
    lines += "P1,2026-03-27,Plank,T9,6\n"
    shown = by_hand(visit, lines.replace("at worst", "post"))
    assert (field(shown, "The score").value, field(shown, "When it was taken").value) == ("pain", "moment")
    assert not any(box.label == "Pain before" for box in shown.selectbox)
    field(shown, "Exercise").select("move")
    run(shown)
    field(shown, "T9").select("pain_before")
    field(shown, "Plank").select("hip_joint")
    shown = press(choose_scale(shown), "Read the file this way")
    state, *counted = understood(shown)["app.csv"]
    assert (state, counted) == ("Ready", ["Log", 204, 201, 0, 0, 3])


def test_columns_for_each_side_and_a_clock_are_chosen_by_hand(visit):
    lines = "who,day,clock,move,reps (L),reps (R),ache (L),ache (R)\nP1,2026-03-27,08:30,Knee to chest,10,8,2,3\n"
    shown = by_hand(
        visit,
        lines,
        **{"Patient": "who", "Day, or day and time": "day", "Exercise": "move", "Time of day": "clock"},
        **{"Repetitions, left": "reps (L)", "Repetitions, right": "reps (R)"},
        **{"Pain before, left": "ache (L)", "Pain before, right": "ache (R)"},
    )
    shown = press(choose_scale(shown), "Read the file this way")
    sample = table(shown, "The first rows as they will be stored")
    assert sample[["When", "Side", "Repetitions", "Pain before"]].to_numpy().tolist() == [
        ["2026-03-27 08:30", "left", 10, 2],
        ["2026-03-27 08:30", "right", 8, 3],
    ]


def test_the_name_of_a_file_can_be_the_patient(visit):
    shown = drop(visit("imports.py"), ("P7.csv", WITHOUT_PATIENT), ("P8.csv", WITHOUT_PATIENT))
    assert [state for state, *_ in understood(shown).values()] == ["Needs you"] * 2
    field(shown, "Take the patient from the file's name, where the file has none").set_value(True)
    run(shown)
    assert [state for state, *_ in understood(shown).values()] == ["Ready"] * 2
    assert whose_rows(shown) == ["P7"]
    assert whose_rows(look_at(shown, "P8.csv")) == ["P8"]


def look_at(shown, name):
    """Open one of the dropped files below the table."""
    imports = shown.session_state["imports"]
    imports.opened = next(file.id for file in imports.files.values() if file.name == name)
    return run(shown)


def whose_rows(shown):
    return table(shown, "The first rows as they will be stored")["Patient"].tolist()


def test_the_history_says_who_imported(visit):
    shown = drop(visit("imports.py"), ("log.csv", LOG))
    field(shown, "Imported by").set_value("M. Park")
    shown = press(run(shown), "Import 1 file")
    assert table(shown, "Uploads, the newest first")["By"].tolist() == ["M. Park"]


def test_a_diary_of_many_things_is_read_once_somebody_says_which_of_its_lines_are_pain(visit):
    lines = "date,weekday,time of day,category,rating/amount,detail\n"
    lines += "2026-03-26,Thursday,am,Symptom,2,Back pain\n2026-03-26,Thursday,am,Mood,4,Fine\n"
    shown = drop(visit("imports.py"), ("P7.csv", lines))
    assert any("This is a Bearable export" in text for text in values(shown.warning))
    field(shown, "Take the patient from the file's name, where the file has none").set_value(True)
    for label, header in (("Pain before", "rating/amount"), ("Choose lines by", "detail")):
        field(run(shown), label).select(header)
    next(box for box in run(shown).multiselect if box.label == "Lines where detail is").select("Back pain")
    field(shown, "Remember these columns as").set_value("Diary")
    shown = press(choose_scale(run(shown), "1-4"), "Read the file this way")
    assert understood(shown) == {"P7.csv": ["Ready", "Log", 2, 1, 0, 0, 1]}
    assert table(shown, "The first rows as they will be stored")["Pain before"].tolist() == [3.333]
    press(shown, "Import 1 file")
    again = drop(visit("imports.py"), ("P8.csv", lines.replace("Fine", "Good")))
    field(again, "Take the patient from the file's name, where the file has none").set_value(True)
    assert understood(run(again)) == {"P8.csv": ["Ready", "Log", 2, 1, 0, 0, 1]}


def opened(shown):
    """The heading of the file that is open below the table."""
    return next(text for text in values(shown.markdown) if " · " in text).replace("\\", "")


def drop_three(visit):
    return drop(visit("imports.py"), ("log.csv", LOG), ("empty.csv", b""), ("diary.csv", WITHOUT_PATIENT))


def test_what_needs_a_person_comes_first_and_is_open(visit):
    shown = drop(
        visit("imports.py"),
        ("log.csv", LOG),
        ("empty.csv", b""),
        ("diary.csv", WITHOUT_PATIENT),
        ("app.csv", UNKNOWN_COLUMNS),
    )
    assert list(understood(shown)) == ["diary.csv", "app.csv", "empty.csv", "log.csv"]
    assert "4 files: **2** need you, **1** cannot be imported, **1** ready." in values(shown.markdown)
    assert opened(shown) == "**diary.csv** · needs you"
    assert opened(press(shown, "Next file that needs you")) == "**app.csv** · needs you"
    assert opened(press(shown, "Next file that needs you")) == "**diary.csv** · needs you"
    shown = look_at(shown, "empty.csv")
    assert opened(shown) == "**empty.csv** · cannot be imported"
    assert opened(press(shown, "Next file that needs you")) == "**diary.csv** · needs you"


def test_the_table_says_why_a_file_is_not_taken(visit):
    told = table(drop_three(visit), "What each file holds")
    assert told["Why"].tolist() == [
        "The file does not say whose log it is; choose the patient.",
        "The file is empty.",
        "–",
    ]


def test_a_file_that_can_never_be_read_asks_nothing(visit):
    shown = drop(visit("imports.py"), ("book.csv", b"PK\x03\x04" + bytes(100)))
    assert not any(box.label == "Whose log is this?" for box in shown.selectbox)
    assert not any(switch.label == "Choose the columns by hand" for switch in shown.toggle)


def test_files_that_were_not_imported_stay_with_what_was_said_of_them(take, visit):
    take(ROSTER, "roster.csv")
    shown = look_at(drop_three(visit), "diary.csv")
    field(shown, "Whose log is this?").select("P1")
    shown = look_at(run(shown), "log.csv")
    shown.multiselect(key="imports_left_out").set_value([opened_key(shown)])
    shown = press(run(shown), "Import 1 file")
    assert {name: state for name, (state, *_) in understood(shown).items()} == {
        "empty.csv": "Cannot be imported",
        "log.csv": "Ready",
    }
    assert "2 files from earlier in this visit, not imported yet." in values(shown.caption)
    shown = press(shown, "Import 1 file")
    assert "**log\\.csv** is imported." in values(shown.success)[0]
    shown = press(shown, "Clear all files")
    assert shown.file_uploader[0].value == []
    assert [line[0] for line in history(shown)] == ["log.csv", "diary.csv", "roster.csv"]


def opened_key(shown):
    return shown.session_state["imports"].opened


def test_the_place_for_files_is_empty_once_all_are_imported(visit):
    shown = press(drop(visit("imports.py"), ("log.csv", LOG), ("roster.csv", ROSTER)), "Import 2 files")
    assert shown.file_uploader[0].value == []
    assert table(press(shown, "Close"), "Uploads, the newest first")["File"].tolist() == ["roster.csv", "log.csv"]
    assert values(shown.success) == []


def test_one_file_under_two_names_is_imported_once(visit):
    shown = drop(visit("imports.py"), ("log.csv", LOG), ("log (1).csv", LOG))
    assert [line[0] for line in understood(shown).values()] == ["Ready", "Dropped twice"]
    assert [line[0] for line in history(press(shown, "Import 1 file"))] == ["log.csv"]


def test_the_order_of_dates_is_chosen_without_the_form(visit):
    lines = "patient_id,date,exercise,pain before exercise,pain during exercise\nP1,03/02/2026,Pelvic tilts,3,5\n"
    shown = drop(visit("imports.py"), ("log.csv", lines))
    assert any("choose the date order" in text for text in values(shown.warning))
    field(shown, "Dates are written").select("dmy")
    assert table(run(shown), "The first rows as they will be stored")["When"].tolist() == ["2026-02-03"]


@pytest.mark.parametrize(
    ("cell", "order", "sentence"),
    [
        ("46109", "Days as Excel counts them", "look like days as Excel counts them"),
        ("1774606500", "Seconds since 1970", "look like seconds since 1970"),
    ],
)
def test_days_that_are_numbers_are_a_question_with_its_answer_beside_it(visit, cell, order, sentence):
    lines = f"patient_id,date,exercise,pain before exercise,pain during exercise\nP1,{cell},Pelvic tilts,3,5\n"
    shown = drop(visit("imports.py"), ("log.csv", lines))
    assert understood(shown)["log.csv"][0] == "Needs you"
    assert any(sentence in text for text in values(shown.warning))
    choice = field(shown, "Dates are written")
    assert choice.options == [
        "Year first",
        "Day first",
        "Month first",
        "Days as Excel counts them",
        "Seconds since 1970",
    ]
    choice.select({"Days as Excel counts them": "excel", "Seconds since 1970": "epoch"}[order])
    assert understood(run(shown))["log.csv"][0] == "Ready"


def map_app(shown):
    """Answer the form for the columns of UNKNOWN_COLUMNS."""
    answers = {"Patient": "Who", "Day, or day and time": "Day it was", "Exercise": "Move"}
    for label, header in (answers | {"Pain before": "Ache at first", "Pain during": "Ache at worst"}).items():
        field(shown, label).select(header)
    return choose_scale(run(shown))


def test_a_form_keeps_its_answers_while_another_file_is_open(visit):
    shown = drop(visit("imports.py"), ("app.csv", UNKNOWN_COLUMNS), ("empty.csv", b""))
    shown = map_app(look_at(shown, "app.csv"))
    shown = look_at(look_at(shown, "empty.csv"), "app.csv")
    assert field(shown, "Pain during").value == "Ache at worst"
    assert understood(press(shown, "Read the file this way"))["app.csv"][0] == "Ready"
    shown = look_at(look_at(shown, "empty.csv"), "app.csv")
    assert understood(shown)["app.csv"][0] == "Ready"


def test_the_form_says_whether_the_file_is_read_as_it_stands(visit):
    shown = map_app(drop(visit("imports.py"), ("app.csv", UNKNOWN_COLUMNS)))
    shown = press(shown, "Read the file this way")
    assert button(shown, "Read the file this way").disabled
    assert any("The file is read this way" in text for text in values(shown.caption))
    field(shown, "Pain during").select("–")
    assert any("The form has changed" in text for text in values(run(shown).caption))
    field(shown, "Choose the columns by hand").set_value(False)
    assert understood(run(shown))["app.csv"][0] == "Needs you"
    assert understood(press(shown, "Read the file this way"))["app.csv"][0] == "Ready"


def test_named_columns_are_known_in_the_other_dropped_files_at_once(visit):
    other = UNKNOWN_COLUMNS.replace("P1", "P2")
    shown = drop(visit("imports.py"), ("one.csv", UNKNOWN_COLUMNS), ("two.csv", other))
    shown = map_app(look_at(shown, "one.csv"))
    field(shown, "Remember these columns as").set_value("Back app")
    shown = press(run(shown), "Read the file this way")
    assert [line[0] for line in understood(shown).values()] == ["Ready", "Ready"]
    press(shown, "Import 2 files")
    third = drop(visit("imports.py"), ("three.csv", UNKNOWN_COLUMNS.replace("P1", "P3")))
    assert table(third, "What each file holds")["Read as"].tolist() == ["Back app"]


def test_a_form_without_a_patient_asks_for_one(visit):
    shown = map_app(drop(visit("imports.py"), ("app.csv", UNKNOWN_COLUMNS)))
    field(shown, "Patient").select("–")
    assert any("say whose log it is" in text for text in values(run(shown).info))


def test_an_import_that_was_interrupted_goes_on(visit):
    shown = drop(visit("imports.py"), ("log.csv", LOG), ("roster.csv", ROSTER))
    imports = shown.session_state["imports"]
    imports.importing, imports.waiting = True, list(imports.files.values())
    assert [line[0] for line in history(run(shown))] == ["roster.csv", "log.csv"]
    assert not imports.importing


def test_a_second_tab_is_told_that_the_file_was_imported_meanwhile(visit):
    one, other = (drop(visit("imports.py"), ("log.csv", LOG)) for _ in range(2))
    press(one, "Import 1 file")
    press(other, "Import 1 file")
    assert r"**log\.csv** had been imported before; nothing was stored twice." in values(other.info)
    assert len(history(other)) == 1


def test_an_upload_that_a_second_tab_has_undone_is_not_redone_by_a_late_press(take, visit):
    take(LOG, "log.csv")
    one, other = (select_upload(visit("imports.py"), 0) for _ in range(2))
    press(one, "Undo this upload")
    assert any("is undone: 9 rows out, 0 rows back" in text for text in values(one.info))
    press(other, "Undo this upload")
    assert any("had been undone already" in text for text in values(other.info))
    assert history(other)[0][1] == "Undone"


def test_no_other_upload_slips_under_a_selection(take, visit):
    take(LOG, "log.csv")
    shown = select_upload(visit("imports.py"), 0)
    assert button(shown, "Undo this upload")
    take(ROSTER, "roster.csv")
    assert not any(found.label == "Undo this upload" for found in run(shown).button)


def test_dropped_files_are_still_there_after_a_look_at_another_page(visit):
    shown = drop_three(visit)
    shown.switch_page("cohort.py")
    run(shown)
    shown.switch_page("imports.py")
    assert list(understood(run(shown))) == ["diary.csv", "empty.csv", "log.csv"]
    assert "3 files from earlier in this visit, not imported yet." in values(shown.caption)
    shown = press(shown, "Clear all files")
    assert not any(frame.proto.alt.startswith("What each file holds") for frame in shown.dataframe)


PAGES_BESIDE = ["review.py", "cohort.py", "patient.py", "programme.py"]


def test_what_another_page_keeps_is_not_taken_for_the_page_of_the_history_or_the_open_file(take, visit):
    take(LOG, "log.csv")
    shown = visit("cohort.py")
    shown.session_state["page"], shown.session_state["opened"], shown.session_state["queue"] = 2, "P1", "P2"
    shown.switch_page("imports.py")
    assert history(run(shown)) == [["log.csv", "In use", "Log", 9, 9, 0, 0, 0]]
    shown = drop(shown, ("roster.csv", ROSTER))
    assert opened(shown) == "**roster.csv** · ready"


@pytest.mark.parametrize("other", PAGES_BESIDE)
def test_another_page_may_be_visited_while_files_wait_and_an_upload_is_selected(small_clinic, visit, other):
    shown = look_at(select_upload(drop_three(visit), 0), "diary.csv")
    before = dict(understood(shown))
    shown.switch_page(other)
    run(shown)
    shown.switch_page("imports.py")
    assert understood(run(shown)) == before
    assert opened(shown) == "**diary.csv** · needs you"
    assert [line[0] for line in history(shown)] == ["log.csv", "roster.csv"]


def test_what_the_page_keeps_goes_by_its_own_name(small_clinic, visit):
    shown = visit("imports.py")
    before = set(shown.session_state._state.filtered_state)
    shown = map_app(drop(shown, ("app.csv", UNKNOWN_COLUMNS)))
    kept = set(shown.session_state._state.filtered_state) - before
    assert kept
    assert [key for key in kept if "imports" not in key] == []


def test_a_page_of_the_history_that_does_not_exist_is_the_last_one(take, visit):
    header, first, *_ = LOG.splitlines()
    for number in range(21):
        take(f"{header}\n{first.replace('P1', f'P{number}')}\n", f"{number}.csv")
    shown = visit("cohort.py")
    shown.session_state["imports_page"] = 3
    shown.switch_page("imports.py")
    assert [line[0] for line in history(run(shown))] == ["0.csv"]


def test_a_file_leaves_with_its_bytes(visit):
    shown = press(drop(visit("imports.py"), ("log.csv", LOG), ("empty.csv", b"")), "Import 1 file")
    imports = shown.session_state["imports"]
    assert [file.name for file in imports.files.values()] == ["empty.csv"]
    assert (imports.waiting, imports.in_uploader) == ([], set())
    press(shown, "Clear all files")
    assert imports.files == {}


def test_streamlit_too_lets_go_of_a_file_that_is_cleared(monkeypatch):
    manager = MemoryUploadedFileManager("/upload")
    for file_id in ("1", "2", "3"):
        manager.add_file("visit", UploadedFileRec(file_id, f"{file_id}.csv", "text/csv", b"x"))
    context = SimpleNamespace(uploaded_file_mgr=manager, session_id="visit")
    monkeypatch.setattr(state, "get_script_run_ctx", lambda: context)
    files = {file_id: state.DroppedFile(file_id, f"{file_id}.csv", b"x") for file_id in ("1", "2")}
    imports = state.Imports(files=files, in_uploader={"2"})
    imports.clear({"1"})
    assert [file.file_id for file in manager.get_files("visit", ["1", "2", "3"])] == ["2", "3"]
    assert list(imports.files) == ["2"]
    assert imports.uploader == 1


def test_a_file_that_is_taken_out_of_the_uploader_is_gone(visit):
    shown = drop_three(visit)
    shown.file_uploader[0].set_value(("log.csv", LOG.encode(), "text/csv"))
    assert list(understood(run(shown))) == ["log.csv"]


class Refusal:
    """A refresh that fails once, as on a full disk that is cleared later."""

    def __init__(self, monkeypatch):
        self.error = StoreError("disk_full")
        self.refresh, self.fails = queries.refresh, True
        monkeypatch.setattr(queries, "refresh", self)

    def __call__(self, store, *given):
        if self.fails:
            self.fails = False
            raise self.error
        self.refresh(store, *given)


def test_an_import_whose_review_list_cannot_follow_is_said_to_be_stored(visit, monkeypatch):
    shown = drop(visit("imports.py"), ("log.csv", LOG))
    refusal = Refusal(monkeypatch)
    shown = press(shown, "Import 1 file")
    assert values(shown.success)[0].startswith("**log\\.csv** is imported.")
    assert wording.plain(str(refusal.error)) in values(shown.warning)
    assert history(shown) == [["log.csv", "In use", "Log", 9, 9, 0, 0, 0]]
    assert shown.session_state["imports"].files == {}


def test_an_undo_whose_review_list_cannot_follow_is_said_to_be_stored(take, visit, monkeypatch):
    take(LOG, "log.csv")
    shown = select_upload(visit("imports.py"), 0)
    refusal = Refusal(monkeypatch)
    shown = press(shown, "Undo this upload")
    sentence = wording.plain(str(refusal.error))
    assert f"**log\\.csv** is undone: 9 rows out, 0 rows back. {sentence}" in values(shown.info)
    assert history(shown)[0][1] == "Undone"


def test_an_undo_that_cannot_be_stored_changes_nothing(take, visit, monkeypatch):
    take(LOG, "log.csv")
    shown = select_upload(visit("imports.py"), 0)
    error = StoreError("disk_full")

    def fail(*_, **__):
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(Store, "write", fail)
        shown = press(shown, "Undo this upload")
    assert f"**log\\.csv** could not be undone: {wording.plain(str(error))}" in values(shown.info)
    assert history(shown)[0][1] == "In use"


def test_downloads_that_are_word_for_word_say_so(take, visit):
    take(BROKEN_LINES, "week.csv")
    assert any("a cell may hold a formula" in text for text in values(select_upload(visit("imports.py"), 0).caption))


def labels(shown, *kinds):
    """What is asked, from the top of the page down."""
    return [found.label for kind in kinds for found in getattr(shown, kind)]


def test_every_question_of_an_import_has_its_answer_on_the_page():
    assert set(OPTIONS) <= one_file.ANSWERED_BY.keys()
    assert [code for code in one_file.ANSWERED_BY if code in mapping_form.QUESTIONS] == list(mapping_form.QUESTIONS)


def test_every_choice_of_the_form_has_words():
    assert set(DATE_ORDERS) <= mapping_form.DATE_ORDER_WORDS.keys()
    assert mapping_form.SCALE_WORDS.keys() == PAIN_SCALES.keys()
    assert mapping_form.DURATION_WORDS.keys() == set(DURATION_UNITS)


def test_a_file_that_needs_its_patient_asks_for_nothing_else(visit):
    shown = drop(visit("imports.py"), ("diary.csv", WITHOUT_PATIENT))
    assert labels(shown, "selectbox") == ["Whose log is this?", *(label for _, label, _ in one_file.WRITTEN)]
    assert labels(shown, "segmented_control", "date_input") == []


SCALES = "patient_id,date,exercise,pain before exercise,pain during exercise\n" + "".join(
    f"P1,2026-03-{day:02d},Pelvic tilts,30,{day}0\n" for day in (4, 5, 6, 7)
)


def test_a_scale_that_is_not_clear_is_asked_first_and_answered(visit):
    shown = drop(visit("imports.py"), ("vas.csv", SCALES))
    assert understood(shown)["vas.csv"][0] == "Needs you"
    assert labels(shown, "segmented_control")[0] == "Pain is scored from"
    shown = press(choose_scale(shown, "0-100"), "Read the file this way")
    assert understood(shown)["vas.csv"] == ["Ready", "Log", 4, 4, 0, 0, 0]
    sample = table(shown, "The first rows as they will be stored")
    assert sample[["Pain before", "Pain during"]].to_numpy().tolist() == [[3, 4], [3, 5], [3, 6], [3, 7]]


def test_when_a_score_was_taken_is_asked_first_and_never_proposed(visit):
    lines = "patient_id,date,exercise,pain\nP1,2026-03-27,Pelvic tilts,5\n"
    shown = drop(visit("imports.py"), ("log.csv", lines))
    assert labels(shown, "selectbox")[5:8] == ["Pain before", "Pain during", "Pain after"]
    assert labels(shown, "segmented_control")[0] == "Pain is scored from"
    assert [field(shown, label).value for label in ("Pain before", "Pain during", "Pain after")] == ["–"] * 3
    assert "Choose whether the score was taken before, during or after exercise." in values(shown.info)
    field(shown, "Pain during").select("pain")
    shown = press(choose_scale(run(shown)), "Read the file this way")
    sample = table(shown, "The first rows as they will be stored")
    assert sample[["Pain before", "Pain during"]].fillna("–").to_numpy().tolist() == [["–", 5]]
    assert button(shown, "Read the file this way").disabled


def test_of_two_columns_that_could_be_one_the_choice_comes_first(visit):
    lines = "patient_id,date,timestamp,exercise,pain before exercise\nP1,2026-03-27,2026-03-28,Pelvic tilts,3\n"
    shown = drop(visit("imports.py"), ("log.csv", lines))
    assert understood(shown)["log.csv"][0] == "Needs you"
    assert labels(shown, "selectbox")[5] == "Day, or day and time"
    field(shown, "Day, or day and time").select("timestamp")
    shown = press(choose_scale(run(shown)), "Read the file this way")
    assert table(shown, "The first rows as they will be stored")["When"].tolist() == ["2026-03-28"]


def test_an_encoding_that_does_not_fit_is_asked_for_again(visit):
    shown = drop(visit("imports.py"), ("log.csv", LOG.replace("numbness", "감각").encode("cp949")))
    field(shown, "Encoding").set_value("utf-8")
    shown = run(shown)
    assert understood(shown)["log.csv"][0] == "Needs you"
    assert labels(shown, "selectbox")[0] == "Encoding"
    field(shown, "Encoding").set_value("cp949")
    assert understood(run(shown))["log.csv"][0] == "Ready"


def test_lines_are_chosen_by_two_columns(visit):
    lines = "who,day,kind,what,score\nP1,2026-03-26,Symptom,Back pain,2\nP1,2026-03-27,Mood,Back pain,4\n"
    shown = by_hand(visit, lines, **{"Patient": "who", "Day, or day and time": "day", "Pain before": "score"})
    for label, header, word in (("Choose lines by", "kind", "Symptom"), ("and by", "what", "Back pain")):
        field(shown, label).select(header)
        next(box for box in run(shown).multiselect if box.label == f"Lines where {header} is").select(word)
        run(shown)
    press(choose_scale(shown), "Read the file this way")
    [file] = shown.session_state["imports"].files.values()
    assert file.answers.mapping.only == {"kind": ["Symptom"], "what": ["Back pain"]}


def test_the_same_file_says_whose_upload_it_was(take, visit):
    take(WITHOUT_PATIENT, "diary.csv", patient="P7")
    shown = drop(visit("imports.py"), ("copy.csv", WITHOUT_PATIENT))
    assert "This very file was imported on 2026-03-29 at 12:00 by Lee as the log of P7." in values(shown.text)
    assert understood(shown)["copy.csv"][0] == "Needs you"


def test_a_line_with_fewer_cells_than_the_header_can_be_looked_at(visit):
    shown = drop(visit("imports.py"), ("letter.txt", "Dear colleague, thank you for the referral.\nKind regards\n"))
    assert table(shown, "The first 5 lines of the file").to_numpy().tolist() == [["Kind regards", ""]]
