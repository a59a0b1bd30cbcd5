"""The cohort: how severe, how adherent, how much pain, and how that develops over the programme."""

import pandas
import streamlit as st

from pages.ui import charts, clinic, filters, frame, tables, wording

ROWS_ON_A_PAGE = 50
# A browser takes seconds to draw ten thousand marks.
MOST_POINTS = 1000
LINKS = 12


def main() -> None:
    """Filters with severity first, numbers, the two charts, and the table."""
    frame.require_router()
    view = filters.draw("Cohort", period=True)
    asked = view.parameters()
    numbers = clinic.ask("cohort_numbers", **asked).to_dict("records")[0]
    if numbers["patients"] == 0:
        st.info(
            "No patient matches these filters. Clear one of them to see more."
            if view.narrows
            else "There are no patients by this day. Choose a later day, or import an export.",
            icon=":material/filter_alt_off:",
        )
        return
    _numbers(numbers)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        _severities(asked)
    with right, st.container(border=True):
        _points(asked)
    _weeks(asked)
    _table(view, int(numbers["patients"]))


def _numbers(numbers: dict) -> None:
    adherence = "–" if pandas.isna(numbers["adherence"]) else f"{numbers['adherence']:.0%}"
    with st.container(horizontal=True):
        st.metric("Patients", f"{numbers['patients']:,}", border=True, help=f"{numbers['exercising']:,} with a session")
        st.metric(
            "Sessions that can be judged", f"{numbers['assessable']:,.0f} of {numbers['sessions']:,.0f}", border=True
        )
        st.metric("Sessions with a rise", f"{numbers['with_rise']:,.0f} of {numbers['assessable']:,.0f}", border=True)
        st.metric("Patients with a rise", f"{numbers['patients_with_rise']:,} of {numbers['patients']:,}", border=True)
        st.metric(
            "Median adherence",
            adherence,
            border=True,
            help=f"Over {numbers['patients_with_adherence']:,} patients with at least four days that data cover",
        )


def _severities(asked: dict) -> None:
    st.subheader("By symptom severity", anchor=False)
    answer = clinic.ask("cohort_severity", **asked)
    shown = pandas.DataFrame(
        {
            "Severity": answer["severity"].map(wording.SEVERITIES),
            "Patients": answer["patients"],
            "Sessions with a rise": [
                wording.k_of_n(int(row["with_rise"]), int(row["assessable"])) for row in answer.to_dict("records")
            ],
            "Median peak pain": answer["median_peak"].map(wording.score),
            "Median adherence": answer["adherence"].round(2),
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        placeholder="–",
        alt="Patients, sessions with a rise, peak pain and adherence by severity",
        column_config={"Median adherence": st.column_config.ProgressColumn(min_value=0, max_value=1, format="percent")},
    )
    tables.download_menu(lambda: answer, "severity", key="cohort_severities")
    st.caption(
        "Severity is the worse of two: what the roster says or its ZCQ or Oswestry score gives, and the band of the "
        "median resting pain of the last 28 days, from at least four days."
    )


def _points(asked: dict) -> None:
    st.subheader("Adherence and pain", anchor=False)
    many = clinic.ask("cohort_numbers", **asked)["patients"].iloc[0] > MOST_POINTS
    points = clinic.ask("cohort_density" if many else "cohort_points", **asked)
    if points.empty:
        st.info("No patient has enough data in this period.", icon=":material/hourglass_empty:")
        return
    count = points["patients"].sum() if many else len(points)
    event = st.plotly_chart(
        charts.adherence_and_pain_of_many(points) if many else charts.adherence_and_pain(points),
        key="cohort_points",
        config=charts.CONFIG,
        on_select="rerun",
        selection_mode="points",
        alt=f"{count:,} patients by adherence and median peak pain",
    )
    selected = [point["customdata"][0] for point in event["selection"]["points"] if point.get("customdata")]
    if selected and many:
        selected = points["patient_ids"].iloc[selected].explode().tolist()
    if selected:
        with st.container(horizontal=True):
            for patient in selected[:LINKS]:
                st.page_link("patient.py", label=wording.plain(patient), query_params={"patient": patient})
        if len(selected) > LINKS:
            st.caption(f"The first {LINKS} of {len(selected):,} patients; the table below has all of them.")
    elif many:
        st.caption("A mark is larger the more patients it shows; select it to open them. Not cause and effect.")
    else:
        st.caption("Select a point to open the patient. Not cause and effect: who hurts more may well do less.")


def _weeks(asked: dict) -> None:
    weeks = clinic.ask("cohort_weeks", **asked)
    if weeks.empty:
        return
    st.subheader("Over the weeks of the programme", anchor=False)
    left, right = st.columns(2, gap="medium")
    for column, measure, words in ((left, "pain", "Peak pain"), (right, "adherence", "Adherence")):
        with column:
            st.plotly_chart(
                charts.programme_weeks(weeks, measure),
                key=f"cohort_weeks_{measure}",
                config=charts.CONFIG,
                alt=f"{words} over {len(weeks)} weeks of the programme: median and the middle half of the patients",
            )
    with st.expander("The same numbers as a table"):
        st.dataframe(weeks, hide_index=True, alt="Median and quartiles of pain and adherence by week")
        tables.download_menu(lambda: weeks, "weeks", key="cohort_weeks")


def _table(view: filters.Filters, patients: int) -> None:
    asked = view.parameters()
    tables.heading(
        f"Patients · {patients:,}",
        lambda: clinic.ask("cohort_table", **asked, limit=patients, offset=0),
        "cohort",
        key="cohort_patients",
    )
    pages = -(-patients // ROWS_ON_A_PAGE)
    page = tables.turned_to(f"cohort_page_{view.number}", pages)
    answer = clinic.ask("cohort_table", **asked, limit=ROWS_ON_A_PAGE, offset=(page - 1) * ROWS_ON_A_PAGE)
    rows = answer.to_dict("records")
    shown = pandas.DataFrame(
        {
            "Patient": answer["patient_id"],
            "Severity": [wording.severity(row["severity"], row["severity_from"]) for row in rows],
            "Sessions with a rise": [wording.k_of_n(row["with_rise"], row["assessable"]) for row in rows],
            "Largest rise": answer["max_rise"].map(wording.signed),
            "Median peak": answer["median_peak"].map(wording.score),
            "Rise by session": answer["rises"],
            "Adherence": answer["adherence"].round(2),
            "Days with a log": [wording.k_of_n(row["days_logged"], row["exposure_days"]) for row in rows],
            "Last session": answer["last_session"].map(wording.day),
            "Site": answer["site"],
            "Clinician": answer["clinician"],
        }
    )
    opened = st.session_state.get("cohort_opened", 0)
    selected = st.dataframe(
        shown,
        key=f"cohort_table_{opened}_{hash(tuple(answer['patient_id']))}",
        hide_index=True,
        height="content",
        placeholder="–",
        alt=f"Patients {(page - 1) * ROWS_ON_A_PAGE + 1} to {(page - 1) * ROWS_ON_A_PAGE + len(shown)} of {patients}",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Rise by session": st.column_config.BarChartColumn(y_min=0, y_max=5, color=charts.PEAK),
            "Adherence": st.column_config.ProgressColumn(min_value=0, max_value=1, format="percent"),
        },
    )["selection"]["rows"]
    if selected:
        st.session_state["cohort_opened"] = opened + 1
        st.switch_page("patient.py", query_params={"patient": answer["patient_id"].iloc[selected[0]]})
    if pages > 1:
        st.pagination(pages, key=f"cohort_page_{view.number}")


main()
