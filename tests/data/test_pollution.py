"""Polluted files, by the kinds of the Pollock benchmark: what becomes of each, and no value in a wrong column."""

import io

import pytest

from data.importing import import_file

HEADER = "patient_id,performed_at,exercise,reps,pain_after,notes"
LINES = [
    "P1,2026-01-02 08:00,squat,10,3,fine",
    "P2,2026-01-03 08:00,bridge,12,4,stiff",
    "P3,2026-01-04 08:00,plank,14,5,sore",
]
ROWS = [
    ("P1", "2026-01-02", None, "squat", 10, 3.0, "fine"),
    ("P2", "2026-01-03", None, "bridge", 12, 4.0, "stiff"),
    ("P3", "2026-01-04", "plank", "other", 14, 5.0, "sore"),
]
COLUMNS = "patient_id, performed_at::DATE::VARCHAR, exercise_name, exercise, reps, pain_after::DOUBLE, notes"
TORN = "the quotation marks on this line do not match"
ONE_WIDE = "the line has 7 cells where the header has 6"
LACKS = "The header may lack a delimiter at patient_idperformed_at"
NO_DAY = "No column holds the day of the exercise."
NO_DATES = "None of the 3 lines below the header can be read: 3 × performed_at is not a date that exists."


def text(*lines, end="\n"):
    return end.join([*lines, ""])


def with_second(line):
    return text(HEADER, LINES[0], line, LINES[2])


def quoted(line):
    return ",".join(f'"{cell}"' for cell in line.split(","))


TABLE = text(HEADER, *LINES)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TABLE[:-1], id="no line end at the end"),
        pytest.param(TABLE + "\n", id="two line ends at the end"),
        pytest.param(text(HEADER, HEADER, *LINES), id="the header twice"),
        pytest.param(text("who,when,what,many,bad,text", HEADER, *LINES), id="a header of other words above"),
        pytest.param(text("Log,,,,,", "Clinic,,,,,", HEADER, *LINES), id="a header of three lines"),
        pytest.param(text("a,b,c,d,e,f,g,h", HEADER, *LINES), id="a wider line above"),
        pytest.param(text(HEADER + ",", *LINES), id="a delimiter after the header"),
        pytest.param(text(HEADER, *(f"{line}," for line in LINES)), id="a delimiter after each line"),
        pytest.param(text(quoted(HEADER), *map(quoted, LINES)).replace(",", ", "), id="comma and space"),
        pytest.param(with_second(quoted(LINES[1])), id="one line quoted"),
        pytest.param(text(HEADER + "\r", LINES[0], LINES[1] + "\r", LINES[2]), id="some lines end in CR LF"),
        pytest.param(text(HEADER, *LINES, end="\n\r"), id="lines end in LF CR"),
        pytest.param(text(HEADER, *LINES, end="\r\r\n"), id="lines end in CR CR LF"),
        pytest.param(
            text(HEADER, *LINES, end="\r").replace("\r", "\n", 2).replace("\n", "\r", 1), id="one LF among CR"
        ),
    ],
)
def test_pollution_that_costs_nothing(take, rows, content):
    result = take(content)
    assert (result.new, result.rejected) == (3, 0)
    assert rows(COLUMNS) == ROWS


@pytest.mark.parametrize(
    ("content", "reasons"),
    [
        pytest.param(text(HEADER, ",,,count,0-10,", *LINES), ["is missing"], id="a line of units"),
        pytest.param(
            text(HEADER, "who,when,what,many,bad,text", *LINES), ["is not a date that exists"], id="two headers"
        ),
        pytest.param(
            text(HEADER, *LINES, "", "Source: the clinic"), ["the line ends after 1 of 6 cells"], id="a footnote"
        ),
        pytest.param(
            text(HEADER, *LINES, "", "patient_id,severity", "P1,mild"),
            ["the line ends after 2 of 6 cells"] * 2,
            id="a narrower table below",
        ),
        pytest.param(
            text(HEADER, *LINES, "", f"{HEADER},mood", *(f"{line},good" for line in LINES)),
            [ONE_WIDE] * 4,
            id="a wider table below",
        ),
        pytest.param(
            text(
                *(HEADER, *LINES, "", "performed_at,patient_id,exercise,pain_after,reps,notes"),
                "2026-01-05 08:00,P4,squat,3,10,x",
            ),
            ["is not a date that exists"] * 2,
            id="a table with its columns in another order below",
        ),
    ],
)
def test_lines_that_belong_to_no_row_are_rejected(take, rows, content, reasons):
    result = take(content)
    assert (result.new, [reject["reason"] for reject in result.rejects]) == (3, reasons)
    assert rows(COLUMNS) == ROWS


def changed_at(place, change):
    cells = LINES[1].split(",")
    return ",".join([*cells[:place], *change(cells[place : place + 2]), *cells[place + 2 :]])


@pytest.mark.parametrize(
    "line",
    [
        *(pytest.param(changed_at(n, lambda cells: ["".join(cells)]), id=f"{n} delimiter missing") for n in range(5)),
        *(pytest.param(changed_at(n, lambda cells: ["", *cells]), id=f"{n} delimiter too many") for n in range(6)),
        *(
            pytest.param(changed_at(n, lambda cells: ['"' + cells[0], *cells[1:]]), id=f"{n} mark open")
            for n in range(6)
        ),
        *(
            pytest.param(quoted(changed_at(n, lambda cells: [f'{cells[0]}"x', *cells[1:]])), id=f"{n} mark within")
            for n in range(6)
        ),
        pytest.param(changed_at(1, lambda cells: [f'{cells[0]}"', *cells[1:]]), id="mark after a day"),
        pytest.param(changed_at(3, lambda cells: [f'{cells[0]}"', *cells[1:]]), id="mark after a number"),
        pytest.param(LINES[1] + ",", id="delimiter at the end"),
        pytest.param(LINES[1].replace(",", ";"), id="other delimiter"),
        pytest.param(LINES[1].replace(",", " "), id="spaces for delimiters"),
        pytest.param(f'"{LINES[1]}"', id="the whole line in one pair of marks"),
    ],
)
def test_one_polluted_line_is_rejected_and_the_others_are_not(take, rows, line):
    result = take(with_second(line))
    assert (result.new, result.rejected, result.rejects[0]["line"]) == (2, 1, 3)
    assert rows(COLUMNS) == [ROWS[0], ROWS[2]]


def test_two_lines_with_a_mark_too_many_are_not_joined(take, rows):
    torn = quoted(LINES[1]) + '"'
    result = take(text(HEADER, LINES[0], torn, torn, LINES[2]))
    assert (result.new, [reject["reason"] for reject in result.rejects]) == (2, [TORN, TORN])
    assert rows(COLUMNS) == [ROWS[0], ROWS[2]]


@pytest.mark.parametrize(
    ("cell", "new", "note"),
    [
        ('"a ""b, c"" d"', 1, 'a "b, c" d'),
        ('"a \\"b, c\\" d"', 1, 'a "b, c" d'),
        ('"a "b" d"', 0, None),
        ('"a "b, c" d"', 0, None),
        ("'a, b'", 0, None),
        ('a "b" d', 1, 'a "b" d'),
    ],
)
def test_marks_within_a_cell(take, rows, cell, new, note):
    result = take(text(HEADER, f"P1,2026-01-02 08:00,squat,10,3,{cell}", "P1,2026-01-03 08:00,squat,10,3,sound"))
    assert (result.new, result.rejected) == (new + 1, 1 - new)
    assert [reject["line"] for reject in result.rejects] == [2] * (1 - new)
    assert rows("notes") == [*[(note,)] * new, ("sound",)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(text(HEADER.replace(",", "", 1), *LINES), LACKS, id="a delimiter missing in the header"),
        pytest.param(text(HEADER.replace(",", ",,", 1), *LINES), NO_DATES, id="one too many in the header"),
        pytest.param(TABLE.replace(" 08:00", "").replace(",", " "), NO_DAY, id="delimited by spaces"),
        pytest.param(text(f'"{HEADER}"', *(f'"{line}"' for line in LINES)), NO_DAY, id="each line one cell"),
        pytest.param(text("performed_at", "2026-01-02"), "No column holds an exercise", id="a single column"),
        pytest.param(text(HEADER, *map(quoted, LINES)).replace('"', "'"), NO_DATES, id="quoted with apostrophes"),
    ],
)
def test_pollution_that_leaves_no_row(take, ask, content, reason):
    result = take(content)
    assert (result.status, result.new, result.rejected) == ("refused", 0, 0)
    assert result.reason.startswith(reason)
    assert ask("FROM clinic.upload") == []


ALL_COLUMNS = "patient_id,performed_at,exercise,side,sets,reps,pain_before,pain_during,pain_after,stopped_early,notes\n"
WHOLE = (
    "P1,2026-01-02 08:00,squat,left,1,10,3,5,4,no,fine\n"
    'P2,2026-01-03 08:00,bridge,right,2,12,1,7,6,yes,"sore, then fine"\n'
    "P3,2026-01-04 08:00,squat,both,3,8,2,2,2,no,\n"
)
SECOND = range(WHOLE.index("P2"), WHOLE.index("P3"))
ONE_SIGN_MORE = [WHOLE[:place] + sign + WHOLE[place:] for place in SECOND for sign in ',"']
ONE_SIGN_LESS = [WHOLE[:place] + WHOLE[place + 1 :] for place in SECOND if WHOLE[place] in ',"']


def test_no_sign_too_many_or_too_few_puts_a_value_into_another_column(store):
    def stored(lines):
        content = io.BytesIO((ALL_COLUMNS + lines).encode())
        return {row["patient_id"]: row for row in import_file(store, content, "log.csv", rehearse=True).sample}

    sound = stored(WHOLE)
    others = [
        (lines, row)
        for lines in ONE_SIGN_MORE + ONE_SIGN_LESS
        for patient, row in stored(lines).items()
        if sum(row[name] != sound[patient.replace('"', "")][name] for name in row.keys() - {"line", "patient_id"}) > 1
    ]
    assert others == []
