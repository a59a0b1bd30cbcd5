"""What becomes of each line of a roster."""

import pytest

from tests.data.lines import counts

ROSTER = "patient_id,severity,zcq_symptom,odi,programme_start,birth_year,sex,site,clinician\n"
LINE = "P1,moderate,2.5,40,2026-01-05,1956,f,North,Lee\n"


def test_a_line_becomes_a_row(take, ask):
    result = take(ROSTER + LINE)
    assert (result.kind, result.mapping, counts(result), result.patients) == ("roster", "roster", (1, 0, 0, 0), 1)
    assert ask(
        "SELECT upload_id, line_no, patient_id, severity, CAST(zcq_symptom AS DOUBLE), CAST(odi AS DOUBLE), "
        "CAST(programme_start AS VARCHAR), birth_year, sex, site, clinician FROM clinic.roster_row"
    ) == [(1, 2, "P1", "moderate", 2.5, 40.0, "2026-01-05", 1956, "female", "North", "Lee")]


def test_korean_words(take, ask):
    take("등록번호;중증도;성별;프로그램 시작일\n0007;중등도;여;2026. 1. 5.\n0008;중증;남;\n".encode("cp949"))
    assert ask(
        "SELECT patient_id, severity, sex, CAST(programme_start AS VARCHAR) FROM clinic.roster_row ORDER BY line_no"
    ) == [
        ("0007", "moderate", "female", "2026-01-05"),
        ("0008", "severe", "male", None),
    ]


def test_the_four_fates(take):
    assert counts(take(ROSTER + LINE)) == (1, 0, 0, 0)
    assert counts(take(ROSTER + LINE + "P2,mild,,,,,,,\n")) == (1, 0, 1, 0)
    assert counts(take(ROSTER + LINE.replace("moderate", "severe") + "P3,bad,,,,,,,\n")) == (0, 1, 0, 1)
    assert counts(take(ROSTER + LINE)) == (0, 0, 1, 0)


def test_a_patient_on_two_lines(take):
    result = take(ROSTER + "P1,mild,,,,,,,\nP1,severe,,,,,,,\nP2,mild,,,,,,,\nP2,mild,,,,,,,\n")
    assert counts(result) == (1, 0, 1, 2)
    assert [(reject["line"], reject["column"], reject["reason"]) for reject in result.rejects] == [
        (2, "patient_id", "is on several lines of this roster that differ"),
        (3, "patient_id", "is on several lines of this roster that differ"),
    ]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (",mild,,,,,,,", "patient_id", "is missing"),
        ("P" * 201 + ",,,,,,,,x", "patient_id", "is longer than 200 characters"),
        ("P1,bad,,,,,,,", "severity", "is not none, mild, moderate or severe"),
        ("P1,,0.5,,,,,,", "zcq_symptom", "is below 1"),
        ("P1,,,101,,,,,", "odi", "is above 100"),
        ("P1,,,x,,,,,", "odi", "is not a number"),
        ("P1,,,,2026-02-30,,,,", "programme_start", "is not a date that exists"),
        ("P1,,,,1980-01-01,,,,", "programme_start", "is before 1990"),
        ("P1,,,,,1956.5,,,", "birth_year", "is not a whole number"),
        ("P1,,,,,56,,,", "birth_year", "is below 1900"),
        ("P1,,,,,,x,,", "sex", "is not female, male or other"),
        ("P1,,,,,,," + "s" * 201 + ",", "site", "is longer than 200 characters"),
        ("P1,,,,,,,," + "s" * 201, "clinician", "is longer than 200 characters"),
        ("P1,mild", None, "the line ends after 2 of 9 cells"),
        ("P1,,,,,,,,,", None, "the line has 10 cells where the header has 9"),
        ('P1,"mild,,,,,,,', None, "the quotation marks on this line do not match"),
    ],
)
def test_what_is_wrong_is_said(take, line, column, reason):
    result = take(f"{ROSTER}{line}\nP9,mild,,,,,,,\n")
    assert counts(result) == (1, 0, 0, 1)
    assert [(reject["line"], reject["column"], reject["reason"]) for reject in result.rejects] == [(2, column, reason)]


def test_words_for_nothing_blank_lines_and_remarks(take, ask):
    result = take(ROSTER + "\n# a remark\n" + ROSTER + "P1,n/a,-,NA,,,,,\n")
    assert counts(result) == (1, 0, 0, 0)
    assert ask("SELECT severity, zcq_symptom, odi FROM clinic.roster_row") == [(None, None, None)]


def test_the_same_roster_again(take):
    take(ROSTER + LINE)
    assert take(ROSTER + LINE).status == "already_imported"


def test_columns_that_a_roster_does_not_use_are_said(take):
    assert [str(note) for note in take("patient_id,severity,phone\nP1,mild,4\n").notes] == ["Columns not used: phone."]


@pytest.mark.parametrize("score", ["pain", "NRS (0-10)", "통증 점수", "Pain at intake"])
def test_a_score_in_a_roster_is_asked_about(take, score):
    result = take(f"patient_id,severity,{score}\nP1,mild,4\nP2,mild,\n")
    assert (result.status, result.message.code, result.message.values) == (
        "refused",
        "roster_has_score",
        {"columns": score},
    )
