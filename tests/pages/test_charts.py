"""Figures as functions of an answer: axes, marks, words, and text from files made harmless."""

import datetime
import math
from urllib.parse import unquote
from xml.etree import ElementTree

import pandas
import pytest

from pages.ui import charts, wording

DAY = datetime.datetime(2026, 3, 27, 8)
HOSTILE = "<a href='https://example.org'>P1</a>"


def sessions(*given):
    """Sessions from (mark, before, peak, after, rise, highest), a day apart; the highest is the peak if not given."""
    columns = ["mark", "shown_before", "shown_peak", "pain_after", "rise", "peak"]
    lines = [(*line, line[2]) if len(line) == 5 else line for line in given]
    frame = pandas.DataFrame(lines, columns=columns).astype(dict.fromkeys(columns[1:], "float64"))
    starts = pandas.Series([DAY + datetime.timedelta(days=n) for n in range(len(frame))])
    return frame.assign(started_at=starts, day=starts.dt.normalize(), is_recent=False)


ALL_MARKS = sessions(
    ("rise", 3, 5, 4, 2),
    ("no_rise", 3, 3, 2, 0),
    ("stopped", 3, 7, 6, 4),
    ("not_assessable", 3, None, None, None),
)


def by_name(figure):
    return {trace.name: trace for trace in figure.data if trace.name}


def numbers(values):
    return [None if value is None or math.isnan(value) else float(value) for value in values]


def test_the_pain_axis_runs_from_0_to_10_in_whole_steps():
    figure = charts.session_pain(ALL_MARKS, 7)
    low, high = figure.layout.yaxis.range
    assert (round(low), round(high), figure.layout.yaxis.dtick) == (0, 10, 1)


def test_every_mark_has_a_shape_and_a_word():
    traces = by_name(charts.session_pain(ALL_MARKS, 7))
    assert {name: trace.marker.symbol for name, trace in traces.items() if name.startswith("peak")} == {
        "peak: ▲ rise": "triangle-up",
        "peak: ● no rise": "circle",
        "peak: ✕ stopped early": "x",
        "peak: ○ cannot be judged": "circle-open",
    }
    assert {"before", "after"} <= set(traces)
    assert charts.SHAPES.keys() == wording.MARKS.keys()


def test_before_peak_and_after_are_where_they_were_logged():
    traces = by_name(charts.session_pain(ALL_MARKS, 7))
    assert numbers(traces["before"].y) == [3, 3, 3, 3]
    assert numbers(traces["after"].y) == [4, 2, 6, None]
    assert numbers(traces["peak: ▲ rise"].y) == [5]
    assert numbers(traces["peak: ✕ stopped early"].y) == [7]


def test_a_session_that_cannot_be_judged_has_no_line_and_sits_on_what_is_known():
    figure = charts.session_pain(sessions(("not_assessable", 3, None, None, None)), 7)
    line = next(trace for trace in figure.data if trace.mode == "lines")
    assert list(line.y) == []
    assert numbers(by_name(figure)["peak: ○ cannot be judged"].y) == [3]


def test_the_line_is_as_long_as_the_rise_and_a_higher_score_of_another_row_has_a_mark_of_its_own():
    figure = charts.session_pain(sessions(("no_rise", 8, 8, 8, 0, 9), ("rise", 1, 4, 2, 3)), 7)
    line = next(trace for trace in figure.data if trace.mode == "lines")
    traces = by_name(figure)
    assert numbers(line.y) == [8, 8, None, 1, 4, None]
    assert numbers(traces["peak: ● no rise"].y) == [8]
    assert numbers(traces["before"].y) == [8, 1]
    highest = traces["◇ higher in another row"]
    assert (list(highest.x), numbers(highest.y), highest.marker.symbol) == ([DAY], [9], "diamond-open")


def test_without_a_higher_score_there_is_no_such_mark():
    assert "◇ higher in another row" not in by_name(charts.session_pain(ALL_MARKS, 7))


def test_gaps_between_sessions_stay_gaps():
    line = next(trace for trace in charts.session_pain(ALL_MARKS, 7).data if trace.mode == "lines")
    assert numbers(line.y) == [3, 5, None, 3, 3, None, 3, 7, None]


def test_the_line_of_severe_pain_is_where_the_rule_set_has_it():
    figure = charts.session_pain(ALL_MARKS, 6.5)
    assert figure.layout.shapes[0].y0 == 6.5
    assert figure.layout.annotations[0].text == "severe"


def test_the_days_of_the_recent_sessions_are_shaded():
    shown = ALL_MARKS.assign(is_recent=[False, True, True, False])
    severe, shade = charts.session_pain(shown, 7).layout.shapes
    assert (severe.type, shade.type) == ("line", "rect")
    assert [pandas.Timestamp(end) for end in (shade.x0, shade.x1)] == [
        *(pandas.Timestamp(2026, 3, 28), pandas.Timestamp(2026, 3, 30)),
    ]
    assert [note.text for note in charts.session_pain(shown, 7).layout.annotations] == ["severe", "recent"]
    assert len(charts.session_pain(ALL_MARKS, 7).layout.shapes) == 1


def test_the_rises_stand_below_beside_the_usual_one():
    figure = charts.session_pain(ALL_MARKS, 7, 0.44)
    [bars] = [trace for trace in figure.data if trace.type == "bar"]
    assert (numbers(bars.y), bars.yaxis, list(bars.x)) == ([2, 0, 4, None], "y2", list(ALL_MARKS["started_at"]))
    assert list(bars.marker.color) == [charts.PEAK, charts.BEFORE, charts.PEAK, charts.BEFORE]
    [level] = [shape for shape in figure.layout.shapes if shape.yref == "y2"]
    assert (level.y0, level.y1) == (0.44, 0.44)
    assert [note.text for note in figure.layout.annotations] == ["severe", "dashed: usual rise 0.4"]
    assert figure.layout.height >= 300
    assert figure.layout.yaxis2.domain[1] < figure.layout.yaxis.domain[0]


def drawn_strip(rises, usual):
    """What a strip draws: its paths with their colours."""
    picture = ElementTree.fromstring(unquote(charts.strip(rises, usual).removeprefix("data:image/svg+xml,")))  # noqa: S314
    return {path.attrib["stroke"]: path.attrib["d"] for path in picture}


def test_the_strip_has_a_bar_a_session_the_newest_at_its_right_end_and_the_usual_as_a_line():
    """A bar is 8 pixels a point, from the ground at 42; the sessions are 9 pixels apart, the last ends at 126."""
    assert drawn_strip((2.0, 0.0, -1.5, 3.0), 0.5) == {
        charts.PEAK: "M94.5 42v-16M121.5 42v-24",
        charts.BEFORE: "M103.5 42v-1M112.5 42v12",
        charts.REFERENCE: "M0 38h126",
    }


def test_a_strip_of_fourteen_fills_it_long_bars_are_cut_and_without_a_usual_there_is_no_line():
    assert drawn_strip((9.0, *[0.5] * 12, -4.0), None) == {
        charts.PEAK: "M4.5 42v-40" + "".join(f"M{9 * place + 4.5:g} 42v-4" for place in range(1, 13)),
        charts.BEFORE: "M121.5 42v16",
    }


@pytest.mark.parametrize(
    ("state", "score", "value", "words"),
    [("done", 0.5, 0.5, "5 of 10"), ("no log", None, 0, "no log"), ("not covered", None, None, "not known")],
)
def test_a_day_without_a_log_is_not_a_day_without_data(state, score, value, words):
    day = {"day": DAY.date(), "exercise": "hip_joint", "position": 3, "done": 5 if score else None, "target": 10}
    days = pandas.DataFrame([day | {"score": score, "over_limit": False, "state": state}])
    figure = charts.adherence_calendar(days.astype({"score": "float64"}))
    assert numbers(figure.data[0].z[0]) == [value]
    assert figure.data[0].customdata[0][0] == words


def test_a_day_over_the_limit_has_a_mark_of_its_own():
    day = {"day": DAY.date(), "exercise": "knee_to_chest", "position": 2, "done": 30, "target": 10}
    figure = charts.adherence_calendar(pandas.DataFrame([day | {"score": 1.0, "over_limit": True, "state": "done"}]))
    assert by_name(figure)["over the limit"].marker.symbol == "triangle-up"


def test_the_calendar_has_the_first_exercise_at_the_top():
    rows = [
        {"day": DAY.date(), "exercise": code, "position": n, "done": 5, "target": 5, "score": 1.0}
        for n, code in enumerate(["pelvic_tilt", "knee_to_chest"], start=1)
    ]
    figure = charts.adherence_calendar(pandas.DataFrame(rows).assign(over_limit=False, state="done"))
    assert list(figure.data[0].y) == ["Knee-to-chest stretch", "Pelvic tilts"]


def test_an_exercise_that_cannot_be_judged_is_left_out_and_names_are_harmless():
    exercises = pandas.DataFrame(
        {
            "exercise_label": ["hip_joint", HOSTILE, "squat"],
            "assessable": [2, 1, 0],
            "median_rise": [1.5, 1, None],
            "max_rise": [2, 1, None],
        }
    )
    traces = by_name(charts.rise_by_exercise(exercises))
    assert list(traces["median rise"].y) == [
        "&lt;a href=&#x27;https://example.org&#x27;&gt;P1&lt;/a&gt;",
        "Hip joint exercise",
    ]
    assert numbers(traces["largest rise"].x) == [1, 2]
    assert traces["median rise"].marker.symbol != traces["largest rise"].marker.symbol


def test_adherence_and_pain_tell_a_rise_by_shape_and_word_and_names_are_harmless():
    patients = pandas.DataFrame(
        {"patient_id": [HOSTILE, "P2"], "adherence": [0.5, 0.9], "median_peak": [4, 2], "with_rise": [1, 0]}
    )
    traces = by_name(charts.adherence_and_pain(patients))
    assert {name: trace.marker.symbol for name, trace in traces.items()} == {
        "▲ a session with a rise": "triangle-up",
        "● no rise": "circle",
    }
    [[patient, shown]] = traces["▲ a session with a rise"].customdata
    assert patient == HOSTILE
    assert "<" not in shown
    assert "%{customdata[1]}" in traces["● no rise"].hovertemplate
    assert "customdata[0]" not in traces["● no rise"].hovertemplate


def test_many_patients_are_marks_of_their_number_that_know_their_row():
    steps = pandas.DataFrame(
        {
            "adherence_from": [0.0, 0.25, 0.25, 0.95],
            "median_peak": [2.0, 3.5, 3.5, 6.0],
            "rises": [False, False, True, True],
            "patients": [1, 400, 100, 4],
        }
    )
    traces = by_name(charts.adherence_and_pain_of_many(steps))
    without, rising = traces["● no rise"], traces["▲ a session with a rise"]
    assert (without.marker.symbol, rising.marker.symbol) == ("circle", "triangle-up")
    assert [numbers(trace.y) for trace in (without, rising)] == [[2, 3.5], [3.5, 6]]
    assert [round(x, 4) for x in without.x] == [0.0125, 0.2625]
    assert [round(x, 4) for x in rising.x] == [0.2875, 0.9875]
    assert [tuple(point[:2]) for point in without.customdata] == [(0, 1), (1, 400)]
    assert [tuple(point[:2]) for point in rising.customdata] == [(2, 100), (3, 4)]
    assert [round(size, 1) for size in (*without.marker.size, *rising.marker.size)] == [6.6, 18, 12, 7.2]


@pytest.mark.parametrize(("measure", "top"), [("pain", 10), ("adherence", 1)])
def test_the_weeks_show_median_and_quartiles_on_a_fixed_axis(measure, top):
    weeks = pandas.DataFrame({"week": [1, 2], "patients": [9, 8]})
    for part, value in (("q1", 0.2), ("median", 0.5), ("q3", 0.8)):
        weeks[f"{measure}_{part}"] = value
    figure = charts.programme_weeks(weeks, measure)
    assert round(figure.layout.yaxis.range[1]) == top
    assert set(by_name(figure)) == {"middle half", "median"}
    assert numbers(by_name(figure)["median"].y) == [0.5, 0.5]
