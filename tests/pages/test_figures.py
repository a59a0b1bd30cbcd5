"""Every trace of every figure: which numbers stand on which axis, and which words beside them."""

import datetime

import numpy
import pandas
import pytest

from pages.ui import charts

DAY = datetime.date(2026, 3, 27)


def drawn(trace):
    """Where the points of a trace stand."""
    return list(zip(*(map(_plain, axis) for axis in (trace.x, trace.y)), strict=True))


def _plain(value):
    if value is None or value != value:
        return None
    return pandas.Timestamp(value).to_pydatetime() if isinstance(value, numpy.datetime64) else value


def named(figure):
    return {trace.name: trace for trace in figure.data if trace.name}


def moments(*days):
    return [datetime.datetime(2026, 3, day, 8) for day in days]


def test_a_session_stands_at_its_start_with_the_scores_before_at_the_peak_and_after():
    sessions = pandas.DataFrame(
        {
            "started_at": pandas.to_datetime(moments(24, 25, 26, 27)),
            "mark": ["rise", "no_rise", "stopped", "not_assessable"],
            "pain_before": [1.0, 3.0, 2.5, None],
            "peak": [4.0, 2.0, 7.0, 6.0],
            "pain_after": [3.0, 1.0, None, 5.0],
            "rise": [3.0, -1.0, 4.5, None],
            "is_recent": False,
        }
    )
    sessions = sessions.assign(shown_before=sessions["pain_before"], shown_peak=sessions["peak"])
    sessions = sessions.assign(day=sessions["started_at"].dt.normalize())
    traces = named(charts.session_pain(sessions, 7))
    at = dict(zip((24, 25, 26, 27), moments(24, 25, 26, 27), strict=True))
    assert {name: drawn(trace) for name, trace in traces.items()} == {
        "peak: ▲ rise": [(at[24], 4)],
        "peak: ● no rise": [(at[25], 2)],
        "peak: ✕ stopped early": [(at[26], 7)],
        "peak: ○ cannot be judged": [(at[27], 6)],
        "after": [(at[24], 3), (at[25], 1), (at[26], None), (at[27], 5)],
        "before": [(at[24], 1), (at[25], 3), (at[26], 2.5), (at[27], None)],
    }
    rises = {name: trace.customdata[0][0] for name, trace in traces.items() if name.startswith("peak")}
    assert list(rises.values()) == ["+3", "−1", "+4.5", "–"]
    assert {name for name, trace in traces.items() if trace.marker.color == charts.BEFORE} == {"before"}
    assert traces["peak: ○ cannot be judged"].marker.color == charts.REFERENCE
    assert {traces[f"peak: {mark}"].marker.color for mark in ("▲ rise", "✕ stopped early")} == {charts.PEAK}
    for trace in traces.values():
        assert "%{y}" in trace.hovertemplate
        assert trace.hovertemplate.startswith("%{x|%d %b %H:%M}<br>")


@pytest.fixture
def calendar():
    """Two exercises on two days: what was done, no log and nothing known, and a day of each over the limit."""
    days = [DAY, DAY + datetime.timedelta(1)]
    rows = [
        (days[0], "pelvic_tilt", 1, 4, 5, 0.8, True, "done"),
        (days[0], "knee_to_chest", 2, None, None, None, False, "no log"),
        (days[1], "pelvic_tilt", 1, None, None, None, False, "not covered"),
        (days[1], "knee_to_chest", 2, 25, 10, 1.0, True, "done"),
    ]
    columns = ["day", "exercise", "position", "done", "target", "score", "over_limit", "state"]
    return charts.adherence_calendar(pandas.DataFrame(rows, columns=columns))


def test_the_calendar_has_a_column_a_day_and_a_row_an_exercise(calendar):
    heat = calendar.data[0]
    assert [f"{day:%d}" for day in pandas.to_datetime(list(heat.x))] == ["27", "28"]
    assert list(heat.y) == ["Knee-to-chest stretch", "Pelvic tilts"]
    assert [[_plain(value) for value in row] for row in heat.z] == [[0, 1], [0.8, None]]
    assert [list(row) for row in heat.customdata] == [["no log", "25 of 10"], ["4 of 5", "not known"]]
    assert (heat.zmin, heat.zmax) == (0, 1)


def test_the_colour_of_a_day_grows_from_none_to_all_of_the_target(calendar):
    shares = [share for share, _ in calendar.data[0].colorscale]
    colours = [colour for _, colour in calendar.data[0].colorscale]
    assert shares == [0, 0.001, 1]
    assert colours[0].startswith("rgba(123,135,148")
    assert colours[-1] == charts.BEFORE


def test_a_day_over_the_limit_is_marked_at_its_own_place(calendar):
    assert drawn(named(calendar)["over the limit"]) == [
        (DAY, "Pelvic tilts"),
        (DAY + datetime.timedelta(1), "Knee-to-chest stretch"),
    ]


def test_the_rises_of_an_exercise_lie_on_the_axis_across():
    exercises = pandas.DataFrame(
        {
            "exercise_label": ["hip_joint", "Swimming", "squat"],
            "assessable": [3, 1, 0],
            "median_rise": [1.5, -0.5, None],
            "max_rise": [4, 2, None],
        }
    )
    figure = charts.rise_by_exercise(exercises)
    assert {name: drawn(trace) for name, trace in named(figure).items()} == {
        "median rise": [(-0.5, "Swimming"), (1.5, "Hip joint exercise")],
        "largest rise": [(2, "Swimming"), (4, "Hip joint exercise")],
    }
    assert figure.layout.xaxis.title.text == "rise"
    assert [(line.x0, line.x1) for line in figure.layout.shapes] == [(0, 0)]


def test_a_patient_stands_at_adherence_across_and_pain_up():
    patients = pandas.DataFrame(
        {
            "patient_id": ["P1", "P2", "P3"],
            "adherence": [0.25, 0.75, 0.5],
            "median_peak": [7.0, 2.0, 4.5],
            "with_rise": [2, 0, 1],
        }
    )
    figure = charts.adherence_and_pain(patients)
    traces = named(figure)
    assert {name: drawn(trace) for name, trace in traces.items()} == {
        "▲ a session with a rise": [(0.25, 7), (0.5, 4.5)],
        "● no rise": [(0.75, 2)],
    }
    assert [point[0] for point in traces["▲ a session with a rise"].customdata] == ["P1", "P3"]
    assert [point[0] for point in traces["● no rise"].customdata] == ["P2"]
    assert {name: trace.marker.color for name, trace in traces.items()} == {
        "▲ a session with a rise": charts.PEAK,
        "● no rise": charts.BEFORE,
    }
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("adherence", "median peak pain")
    assert [round(end) for end in (*figure.layout.xaxis.range, *figure.layout.yaxis.range)] == [0, 1, 0, 10]


WEEKS = pandas.DataFrame(
    {
        "week": [2, 3],
        "patients": [9, 8],
        "pain_q1": [1, 2],
        "pain_median": [3, 4],
        "pain_q3": [6, 8],
        "adherence_q1": [0.1, 0.2],
        "adherence_median": [0.3, 0.4],
        "adherence_q3": [0.6, 0.8],
    }
)


@pytest.mark.parametrize(
    ("measure", "colour", "title", "low", "middle", "high"),
    [
        ("pain", charts.PEAK, "peak pain", [1, 2], [3, 4], [6, 8]),
        ("adherence", charts.BEFORE, "adherence", [0.1, 0.2], [0.3, 0.4], [0.6, 0.8]),
    ],
)
def test_the_weeks_have_the_middle_half_around_the_median(measure, colour, title, low, middle, high):
    figure = charts.programme_weeks(WEEKS, measure)
    upper, lower, median = figure.data
    assert drawn(upper) == list(zip([2, 3], high, strict=True))
    assert drawn(lower) == list(zip([2, 3], low, strict=True))
    assert drawn(median) == list(zip([2, 3], middle, strict=True))
    # The band is filled from the lower line to the trace before it, and only the median and the band have names.
    assert (upper.fill, lower.fill, median.fill) == (None, "tonexty", None)
    assert [trace.name for trace in figure.data if trace.showlegend is not False] == ["middle half", "median"]
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    assert lower.fillcolor.startswith(f"rgba({red},{green},{blue},")
    assert median.line.color == colour
    assert [list(patients) for patients in median.customdata] == [[9], [8]]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("week of the programme", title)


@pytest.mark.parametrize(("count", "step"), [(16, 1), (17, 4)])
def test_many_weeks_are_numbered_at_every_fourth(count, step):
    weeks = pandas.concat([WEEKS[:1].assign(week=number) for number in range(1, count + 1)])
    assert charts.programme_weeks(weeks, "pain").layout.xaxis.dtick == step
