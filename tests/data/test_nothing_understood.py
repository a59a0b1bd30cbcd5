"""A file none of whose lines is understood is refused as a whole, with what its lines lack."""

from tests.data.lines import HEADER, counts, log


def test_a_log(both_ways, take, ask):
    result = take(log("P1,,squat,,,,,,,,", "P1,,squat,,,,,,,,", "P1,soon,squat,,,,,,,,"))
    assert (result.status, result.message.code, counts(result)) == ("refused", "no_line_understood", (0, 0, 0, 0))
    assert result.reason == (
        "None of the 3 lines below the header can be read: 2 × performed_at is missing; "
        "1 × performed_at is not a date that exists. Nothing was stored."
    )
    for table in ("upload", "log_row", "rejected_line", "upload_part", "upload_patient"):
        assert ask(f"SELECT count(*) FROM clinic.{table}") == [(0,)]  # noqa: S608


def test_one_line(both_ways, take):
    assert take(log("P1,soon,squat,,,,,,,,")).reason == (
        "The only line below the header cannot be read: 1 × performed_at is not a date that exists. Nothing was stored."
    )


def test_one_line_that_is_understood_is_enough(both_ways, take):
    assert counts(take(log("P1,,squat,,,,,,,,", "P1,2026-11-02,squat,,,,,,,,"))) == (1, 0, 0, 1)


def test_a_roster(take):
    result = take("patient_id,severity\n,mild\nP1,terrible\n")
    assert result.reason == (
        "None of the 2 lines below the header can be read: 1 × patient_id is missing; "
        "1 × severity is not none, mild, moderate or severe. Nothing was stored."
    )


def test_a_header_without_lines_is_another_matter(take):
    assert take(HEADER + "\n").message.code == "no_lines"
