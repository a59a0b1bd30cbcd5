"""Figures: functions from an answer to a Plotly figure, the same in light and dark, legible without colour."""

import html
import pickle
from functools import lru_cache
from urllib.parse import quote

import pandas
import plotly.graph_objects as go
import streamlit as st

from pages.ui import wording

BEFORE, PEAK, REFERENCE = "#0072B2", "#D55E00", "#7B8794"
CONFIG = {"displayModeBar": False}
# As in cohort_density.sql.
STEP_OF_ADHERENCE = 0.05

# The shapes of `wording.MARKS`: a shape and a word always go with a colour.
SHAPES = {"rise": "triangle-up", "no_rise": "circle", "stopped": "x", "not_assessable": "circle-open"}

# Building a figure takes up to 8 ms, finding it again 0.2 ms. It is kept by all that is in its answer, and only read.
_kept = st.cache_resource(max_entries=128, show_spinner=False, hash_funcs={pandas.DataFrame: pickle.dumps})


HALF_A_DAY = 12 * 60 * 60 * 1000

STRIP_SESSIONS, STRIP_WIDTH, STRIP_HEIGHT = 14, 126, 60
# From the largest rise that is drawn whole to the largest fall, and the pixels of one point.
STRIP_MOST, STRIP_LEAST, STRIP_POINT = 5, -2, 8


@lru_cache(maxsize=4096)
def strip(rises: tuple[float, ...], usual: float | None) -> str:
    """The rises of the last sessions as bars, oldest first, and the usual rise as a line across them: the address of a
    picture that holds itself. Bars end at a rise of 5 and a fall of 2."""
    ground = STRIP_HEIGHT + STRIP_LEAST * STRIP_POINT - 2
    step = STRIP_WIDTH / STRIP_SESSIONS
    bars = {PEAK: "", BEFORE: ""}
    for place, rise in enumerate(rises, start=STRIP_SESSIONS - len(rises)):
        length = min(max(rise, STRIP_LEAST), STRIP_MOST) * STRIP_POINT or 1
        bars[PEAK if rise > 0 else BEFORE] += f"M{place * step + step / 2:g} {ground}v{-length:g}"
    level = (
        ""
        if usual is None
        else (
            f'<path d="M0 {ground - usual * STRIP_POINT:g}h{STRIP_WIDTH}" stroke="{REFERENCE}" stroke-width="2" '
            'stroke-dasharray="4 3"/>'
        )
    )
    drawn = "".join(f'<path d="{path}" stroke="{colour}" stroke-width="6"/>' for colour, path in bars.items() if path)
    return "data:image/svg+xml," + quote(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{STRIP_WIDTH}" height="{STRIP_HEIGHT}">{drawn}{level}</svg>'
    )


@_kept
def session_pain(sessions: pandas.DataFrame, severe_from: float, usual: float | None = None) -> go.Figure:
    """Before → peak → after of each session over time: a line as long as the rise, with the mark of how it went.

    The days of the recent sessions are shaded. With a usual rise, the rises stand below as bars, beside it.
    """
    figure = go.Figure(_stems(sessions[sessions["rise"].notna()]))
    for mark, shape in SHAPES.items():
        of_mark = sessions[sessions["mark"] == mark]
        if len(of_mark):
            figure.add_trace(_peaks(of_mark, mark, shape))
    higher = sessions[sessions["peak"] > sessions["shown_peak"]]
    wide = {"color": PEAK, "size": 11, "line": {"width": 2}}
    if len(higher):
        figure.add_trace(_scores(higher, "peak", "◇ higher in another row", wide | {"symbol": "diamond-open"}))
    figure.add_trace(_scores(sessions, "pain_after", "after", wide | {"symbol": "line-ew-open"}))
    before = {"color": BEFORE, "size": 8, "line": {"color": "white", "width": 1}}
    figure.add_trace(_scores(sessions, "shown_before", "before", before))
    figure.add_hline(y=severe_from, line={"color": REFERENCE, "width": 1, "dash": "dot"})
    figure.add_annotation(
        x=1, xref="paper", y=severe_from, text="severe", showarrow=False, yshift=8, xanchor="right",
        font={"size": 12, "color": REFERENCE},
    )  # fmt: skip
    _shade(figure, sessions[sessions["is_recent"]]["day"])
    if usual is None:
        return _pain_axis(figure, height=320)
    return _with_rises(_pain_axis(figure, height=430), sessions, usual)


def _shade(figure: go.Figure, recent: pandas.Series) -> None:
    """Shade the days of the sessions that are compared with the usual."""
    if recent.empty:
        return
    figure.add_vrect(
        x0=recent.min(), x1=recent.max() + pandas.Timedelta(days=1), fillcolor=REFERENCE, opacity=0.15, line_width=0
    )
    figure.add_annotation(
        x=recent.min(), y=1, yref="paper", text="recent", showarrow=False, xanchor="left", yanchor="top",
        font={"size": 12},
    )  # fmt: skip


def _with_rises(figure: go.Figure, sessions: pandas.DataFrame, usual: float) -> go.Figure:
    """The rises of the sessions below their scores, with the usual rise as a line across."""
    figure.add_trace(
        go.Bar(
            x=sessions["started_at"],
            y=sessions["rise"],
            yaxis="y2",
            width=HALF_A_DAY,
            marker={"color": [PEAK if rise > 0 else BEFORE for rise in sessions["rise"]]},
            customdata=sessions[["rise"]].map(wording.signed),
            hovertemplate="%{x|%d %b %H:%M}<br>rise %{customdata[0]}<extra></extra>",
            showlegend=False,
        )
    )
    figure.add_shape(
        type="line", xref="paper", x0=0, x1=1, yref="y2", y0=usual, y1=usual,
        line={"color": REFERENCE, "width": 2, "dash": "dash"},
    )  # fmt: skip
    figure.add_annotation(
        x=0, xref="paper", y=0.26, yref="paper", text=f"dashed: usual rise {wording.tenth(usual)}", showarrow=False,
        xanchor="left", yanchor="bottom", font={"size": 12},
    )  # fmt: skip
    figure.layout.yaxis.domain = [0.36, 1]
    figure.layout.yaxis2 = {"domain": [0, 0.26], "title": "rise", "zeroline": True, "nticks": 5}
    figure.layout.xaxis.anchor = "y2"
    return figure


def _stems(sessions: pandas.DataFrame) -> go.Scatter:
    """A line from before to peak for each session."""
    ends = zip(sessions["shown_before"], sessions["shown_peak"], strict=True)
    return go.Scatter(
        x=[moment for start in sessions["started_at"] for moment in (start, start, None)],
        y=[pain for before, peak in ends for pain in (before, peak, None)],
        mode="lines",
        line={"color": PEAK, "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )


def _peaks(sessions: pandas.DataFrame, mark: str, shape: str) -> go.Scatter:
    """The peaks of the sessions that went one way; where there is none, the score before."""
    return go.Scatter(
        x=sessions["started_at"],
        y=sessions["shown_peak"].fillna(sessions["shown_before"]),
        mode="markers",
        name=f"peak: {wording.MARKS[mark]}",
        marker={"color": PEAK if mark != "not_assessable" else REFERENCE, "size": 11, "symbol": shape},
        customdata=sessions[["rise"]].map(wording.signed),
        hovertemplate="%{x|%d %b %H:%M}<br>peak %{y}, rise %{customdata[0]}<extra></extra>",
    )


def _scores(sessions: pandas.DataFrame, column: str, name: str, marker: dict) -> go.Scatter:
    """One score of each session, under its word."""
    return go.Scatter(
        x=sessions["started_at"],
        y=sessions[column],
        mode="markers",
        name=name,
        marker=marker,
        hovertemplate=f"%{{x|%d %b %H:%M}}<br>{name} %{{y}}<extra></extra>",
    )


@_kept
def adherence_calendar(days: pandas.DataFrame) -> go.Figure:
    """One column a day, one row an exercise: how much of the target was done; empty where nothing is known."""
    shown = days.assign(
        value=days["score"].where(days["state"] == "done", days["state"].map({"no log": 0.0, "not covered": None})),
        words=[_day_words(row) for row in days.to_dict("records")],
        label=days["exercise"].map(wording.exercise),
    )
    order = list(dict.fromkeys(shown.sort_values("position")["label"]))[::-1]
    grid = shown.pivot(index="label", columns="day", values="value").reindex(order)
    words = shown.pivot(index="label", columns="day", values="words").reindex(order)
    figure = go.Figure(
        go.Heatmap(
            x=grid.columns,
            y=grid.index,
            z=grid.to_numpy(dtype=float),
            customdata=words.to_numpy(),
            colorscale=[[0, "rgba(123,135,148,0.25)"], [0.001, "#BBD9EC"], [1, BEFORE]],
            zmin=0,
            zmax=1,
            xgap=2,
            ygap=3,
            colorbar={"title": {"text": "of target"}, "tickformat": ".0%", "thickness": 12, "tickvals": [0, 0.5, 1]},
            hovertemplate="%{y}<br>%{x|%d %b}: %{customdata}<extra></extra>",
        )
    )
    over = shown[shown["over_limit"]]
    if len(over):
        figure.add_trace(
            go.Scatter(
                x=over["day"],
                y=over["label"],
                mode="markers",
                name="over the limit",
                marker={"symbol": "triangle-up", "color": PEAK, "size": 10, "line": {"color": "white", "width": 1}},
                hovertemplate="%{y}<br>%{x|%d %b}: over the limit<extra></extra>",
            )
        )
    figure.layout.xaxis = {"tickformat": "%d %b", "showgrid": False}
    figure.layout.yaxis = {"showgrid": False}
    return _laid_out(figure, height=230, legend_at=1.12)


def _day_words(row: dict) -> str:
    if row["state"] == "done":
        return f"{wording.score(row['done'])} of {wording.score(row['target'])}"
    return {"no log": "no log", "not covered": "not known"}[row["state"]]


@_kept
def rise_by_exercise(exercises: pandas.DataFrame) -> go.Figure:
    """The median and the largest rise of each exercise."""
    shown = exercises[exercises["assessable"] > 0][::-1]
    labels = [html.escape(wording.exercise(label)) for label in shown["exercise_label"]]
    figure = go.Figure(
        [
            go.Scatter(
                x=shown["median_rise"].astype(float), y=labels, mode="markers", name="median rise",
                marker={"color": BEFORE, "size": 11},
            ),
            go.Scatter(
                x=shown["max_rise"].astype(float), y=labels, mode="markers", name="largest rise",
                marker={"color": PEAK, "size": 12, "symbol": "triangle-up"},
            ),
        ]
    )  # fmt: skip
    figure.add_vline(x=0, line={"color": REFERENCE, "width": 1})
    figure.layout.xaxis = {"title": "rise", "dtick": 1}
    return _laid_out(figure, height=110 + 34 * len(shown), legend_at=1.15)


@_kept
def adherence_and_pain(patients: pandas.DataFrame) -> go.Figure:
    """Every patient by adherence and median peak pain; shape and word by whether any session rose."""
    figure = go.Figure()
    for rises, of_mark in patients.groupby(patients["with_rise"] > 0):
        figure.add_trace(
            go.Scatter(
                x=of_mark["adherence"],
                y=of_mark["median_peak"].astype(float),
                customdata=[[patient, html.escape(patient)] for patient in of_mark["patient_id"]],
                hovertemplate="%{customdata[1]}<br>adherence %{x:.0%}<br>median peak %{y}<extra></extra>",
                **_by_rise(bool(rises), 11),
            )
        )
    return _adherence_axis(figure)


@_kept
def adherence_and_pain_of_many(steps: pandas.DataFrame) -> go.Figure:
    """Like `adherence_and_pain`, a mark for the patients of each step, whose area is their number. The first of a
    mark's custom data is the position of its row."""
    figure = go.Figure()
    largest = steps["patients"].max()
    for rises, of_mark in steps.reset_index(drop=True).groupby("rises"):
        # Side by side, because most steps have patients of both kinds.
        place = STEP_OF_ADHERENCE * (0.75 if rises else 0.25)
        first = of_mark["adherence_from"]
        figure.add_trace(
            go.Scatter(
                x=first + place,
                y=of_mark["median_peak"],
                customdata=list(zip(of_mark.index, of_mark["patients"], first, first + STEP_OF_ADHERENCE, strict=True)),
                hovertemplate="patients: %{customdata[1]:,}<br>adherence %{customdata[2]:.0%} to %{customdata[3]:.0%}"
                "<br>median peak about %{y}<extra></extra>",
                **_by_rise(bool(rises), 6 + 12 * (of_mark["patients"] / largest) ** 0.5),
            )
        )
    return _adherence_axis(figure)


def _by_rise(rises: bool, size: float | pandas.Series) -> dict:
    """Shape, word and colour of the patients with and without a session with a rise."""
    symbol, colour = (SHAPES["rise"], PEAK) if rises else (SHAPES["no_rise"], BEFORE)
    return {
        "mode": "markers",
        "name": "▲ a session with a rise" if rises else wording.MARKS["no_rise"],
        "marker": {"symbol": symbol, "size": size, "color": colour, "opacity": 0.85},
    }


def _adherence_axis(figure: go.Figure) -> go.Figure:
    figure.layout.xaxis = {"title": "adherence", "tickformat": ".0%", "range": [-0.03, 1.03]}
    return _pain_axis(figure, height=380, title="median peak pain")


@_kept
def programme_weeks(weeks: pandas.DataFrame, measure: str) -> go.Figure:
    """Median and quartiles over the weeks of the programme, for `pain` or `adherence`."""
    colour = PEAK if measure == "pain" else BEFORE
    low, middle, high = (weeks[f"{measure}_{part}"].astype(float) for part in ("q1", "median", "q3"))
    figure = go.Figure(
        [
            go.Scatter(x=weeks["week"], y=high, mode="lines", line={"width": 0}, hoverinfo="skip", showlegend=False),
            go.Scatter(
                x=weeks["week"], y=low, mode="lines", line={"width": 0}, fill="tonexty", name="middle half",
                fillcolor=f"rgba({int(colour[1:3], 16)},{int(colour[3:5], 16)},{int(colour[5:], 16)},0.22)",
                hoverinfo="skip",
            ),
            go.Scatter(
                x=weeks["week"], y=middle, mode="lines+markers", name="median", line={"color": colour, "width": 2},
                customdata=weeks[["patients"]],
                hovertemplate="week %{x}<br>median %{y}<br>%{customdata[0]} patients<extra></extra>",
            ),
        ]
    )  # fmt: skip
    figure.layout.xaxis = {"title": "week of the programme", "dtick": 1 if len(weeks) <= 16 else 4}
    if measure == "pain":
        return _pain_axis(figure, height=300, title="peak pain")
    figure.layout.yaxis = {"range": [0, 1.03], "tickformat": ".0%", "title": "adherence"}
    return _laid_out(figure, 300)


def _pain_axis(figure: go.Figure, height: int, title: str = "pain, 0 to 10") -> go.Figure:
    figure.layout.yaxis = {"range": [-0.4, 10.4], "dtick": 1, "title": title}
    return _laid_out(figure, height)


def _laid_out(figure: go.Figure, height: int, legend_at: float = -0.22) -> go.Figure:
    # Set one by one: update_layout takes four times as long for the same.
    figure.layout.height = height
    figure.layout.margin = {"l": 0, "r": 8, "t": 8, "b": 0}
    figure.layout.legend = {"orientation": "h", "y": legend_at, "x": 0}
    figure.layout.hovermode = "closest"
    return figure
