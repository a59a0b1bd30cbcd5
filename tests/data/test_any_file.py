"""Whatever a file holds: every line ends as one of the four fates, or the file is refused; and once is enough."""

import io
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import importing
from data.importing import import_file
from data.store import open_store

ANY = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

cells = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                "P1",
                "P2",
                "2026-01-02",
                "2026-01-02 08:30",
                "2026-13-01",
                "1/2/2026",
                "squat",
                "골반 기울이기",
                "left",
            ),
            *("0", "3", "10", "11", "4,5", "yes", '"', '""', '"a', '"a\nb"', "x\ry", " ", "\t", "\x00", "\u3000"),
            *("#", "=1+1", "-"),
        ]
    ),
    st.text(alphabet=string.printable + "가é", max_size=8),
)
headers = st.lists(
    st.sampled_from(
        [
            *("patient_id", "date", "exercise", "side", "reps", "left reps", "right reps", "pain_before", "pain_after"),
            *("notes", "x"),
        ]
    ),
    min_size=3,
    max_size=9,
    unique=True,
)


@st.composite
def tables(draw):
    delimiter = draw(st.sampled_from([",", ";", "\t"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    header = draw(headers)
    widths = st.integers(min_value=max(0, len(header) - 2), max_value=len(header) + 1)
    lines = draw(st.lists(widths.flatmap(lambda width: st.lists(cells, min_size=width, max_size=width)), max_size=8))
    text = end.join(delimiter.join(line) for line in [header, *lines]) + draw(st.sampled_from(["", end]))
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp949"])), errors="ignore")


def stored_rows(store):
    with store.read() as cursor:
        return cursor.execute("FROM clinic.log_row ORDER BY row_id").fetchall()


def check(content, patient):
    store = open_store(None)
    try:
        first = import_file(store, io.BytesIO(content), "any.csv", patient=patient)
        assert first.lines == first.new + first.changed + first.duplicate + first.rejected
        if first.status == "refused":
            assert (first.reason is not None, first.lines) == (True, 0)
            return first
        again = import_file(store, io.BytesIO(content), "any.csv", patient=patient)
        assert (again.status, again.new, again.changed, again.rejected) == ("already_imported", 0, 0, first.rejected)
        rows = stored_rows(store)
        # As if it came as another file: now every line has to be found among the stored rows.
        with store.write() as cursor:
            cursor.execute("UPDATE clinic.upload SET sha256 = ''")
        once_more = import_file(store, io.BytesIO(content), "any.csv", patient=patient)
        assert (once_more.new, once_more.changed, once_more.duplicate) == (0, 0, first.lines - first.rejected)
        assert stored_rows(store) == rows
        return first
    finally:
        store.close()


@ANY
@given(st.binary(max_size=400))
def test_any_bytes(content):
    check(content, "P1")


@ANY
@given(tables(), st.sampled_from(["P1", None]))
def test_any_table(content, patient):
    check(content, patient)


@settings(ANY, max_examples=25)
@given(tables())
def test_the_short_way_and_the_long_way_agree(content):
    results = []
    for from_bytes in (0, 1 << 20):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(importing, "SHORT_WAY_FROM_BYTES", from_bytes)
            store = open_store(None)
            result = import_file(store, io.BytesIO(content), "any.csv", patient="P1")
            rows = stored_rows(store)
            with store.read() as cursor:
                rejected = cursor.execute("FROM clinic.rejected_line ORDER BY line_no").fetchall()
            store.close()
            results.append((result, rows, rejected))
    assert results[0] == results[1]


LINES = ["P1,2026-01-02,squat,1", "P1,2026-01-02 08:00,squat,1", "P1,2026-01-02 08:00,squat,2", "P1,x,,"]


@settings(ANY, max_examples=15)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=6))
def test_repeated_lines_are_all_kept(lines):
    result = check("\n".join(["patient_id,date,exercise,reps", *lines]).encode() + b"\n", None)
    rejected = lines.count(LINES[-1])
    if rejected == len(lines):
        assert result.message.values["count"] == rejected
    else:
        assert (result.lines, result.rejected) == (len(lines), rejected)
