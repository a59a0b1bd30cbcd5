"""How the text of a cell becomes a day or a moment."""

import itertools

import pytest

DAYS = ["2.11.2026", "02/11/2026", "13-02-2026", "2026/11/2", "2026-02-30", "00.01.2026", "31.4.2026", "2.11.26"]
CLOCKS = [
    "",
    " 8:15",
    " 08:15:09",
    " 23:59",
    " 24:00",
    " 8:15 PM",
    " 12:00:00 AM",
    " 13:00 PM",
    " 0:15 AM",
    " 8:5",
    "T8:15",
]
WORDS = [day + clock for day, clock in itertools.product(DAYS, CLOCKS)] + ["2. 11. 2026 8:15", "1.2.3.2026", "", "1/2"]


@pytest.mark.parametrize("order", ["ymd", "dmy", "mdy"])
def test_a_plain_moment_is_read_as_it_is_piece_by_piece(store, order):
    with store.read() as cursor:
        cursor.execute("CREATE TEMP TABLE written AS SELECT unnest($words) AS word", {"words": WORDS})
        read = cursor.execute(
            "SELECT word, plain_moment(word, $order), moment_of_pieces(moment_pieces(word), $order) FROM written "
            "WHERE is_plain_moment(word)",
            {"order": order},
        ).fetchall()
    assert len(read) == 7 * 6
    assert [(word, quick) for word, quick, _ in read] == [(word, slow) for word, _, slow in read]
    assert sum(quick is not None for _, quick, _ in read) == {"ymd": 6, "dmy": 24, "mdy": 18}[order]


@pytest.mark.parametrize(
    ("clock", "time"),
    [
        ("8:15", "08:15:00"),
        ("08:15:09", "08:15:09"),
        ("8:15:09.5", "08:15:09.5"),
        ("8:15 pm", "20:15:00"),
        ("8:15:09 PM", "20:15:09"),
        ("12:15 AM", "00:15:00"),
        ("오후 8:15", "20:15:00"),
        ("오전 8:15:09", "08:15:09"),
        ("25:15", None),
        ("13:15 PM", None),
    ],
)
def test_a_clock_is_read_in_each_of_its_ways(ask, clock, time):
    read = ask(f"SELECT moment_of_pieces(moment_pieces('2026. 3. 1. {clock}'), 'ymd')::TIME::VARCHAR")
    assert read == [(time,)]
