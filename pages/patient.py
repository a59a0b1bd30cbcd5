"""How has this one been? One patient, one screen."""

import pandas
import streamlit as st

from data.settings import settings
from pages.ui import charts, clinic, evidence, filters, frame, opened, sentences, tables, wording

MATCHES = 30


def main() -> None:
    """The patient in the address bar, or a way to find one."""
    frame.require_router()
    st.caption("A printed copy of this page is not complete: charts and tables are cut off at the paper's edge.")
    patient = opened.patient()
    title = st.empty()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Find a patient by id", key="patient_search", placeholder="Part of an id", max_chars=200, width=260
        )
        days = filters.period_choice()
        as_of = filters.as_of_choice()
        if patient and not search:
            st.button("Close", icon=":material/close:", key="patient_close", on_click=opened.close)
    since = filters.since(as_of, days)
    if search or not patient:
        title.title("Patient", anchor=False)
        _matches(search, as_of)
        return
    title.title(wording.plain(patient), anchor=False)
    about = clinic.ask("patient_summary", patient=patient, as_of=as_of, since=since)
    if about.empty:
        st.info(
            "There is no patient with this id by this day. Check the id, or choose a later day.",
            icon=":material/person_off:",
        )
        return
    frame.past_day(as_of, settings().today())
    _summary(about.to_dict("records")[0], as_of)
    _charts(patient, as_of, since)
    _source(patient, as_of, since)


def _matches(search: str, as_of) -> None:
    found = clinic.ask("patients", as_of=as_of, search=search, limit=MATCHES + 1)["patient_id"].tolist()
    if not found:
        st.info("No patient's id holds this text." if search else "There are no patients by this day.")
        return
    st.caption("Choose a patient." if len(found) <= MATCHES else f"The first {MATCHES} patients; type more of the id.")
    with st.container(horizontal=True):
        for patient in found[:MATCHES]:
            st.button(wording.plain(patient), key=f"patient_open_{patient}", on_click=_open, args=(patient,))


def _open(patient: str) -> None:
    """Open the patient; the search makes room for their page."""
    opened.show(patient)
    st.session_state["patient_search"] = ""


def _summary(about: dict, as_of) -> None:
    st.markdown(f"**{wording.plain(sentences.sentence(about))}**")
    evidence.badges(sentences.also(about))
    st.markdown(evidence.headline(about))
    facts = [f"programme since {wording.day(about['programme_start'])}"]
    if not pandas.isna(about["birth_year"]):
        facts.append(f"born {about['birth_year']:.0f}")
    facts += [wording.plain(about[name]) for name in ("sex", "site", "clinician") if isinstance(about[name], str)]
    st.caption(" · ".join(facts))
    adherence = (
        "not enough data"
        if pandas.isna(about["adherence"])
        else f"{about['adherence']:.0%}, {wording.ADHERENCE[about['adherence_label']]}"
    )
    with st.container(horizontal=True):
        st.metric("Sessions with a rise", wording.k_of_n(about["with_rise"], about["assessable"]), border=True)
        st.metric("Largest rise", wording.signed(about["max_rise"]), border=True)
        st.metric("Sessions", f"{about['sessions']}", border=True)
        st.metric("Stopped early", wording.k_of_n(about["stopped"], about["sessions"]), border=True)
        st.metric("Adherence", adherence, border=True)
        st.metric("Days with a log", wording.k_of_n(about["days_logged"], about["exposure_days"]), border=True)


def _charts(patient: str, as_of, since) -> None:
    sessions = clinic.ask("patient_sessions", patient=patient, as_of=as_of, since=since)
    rule = clinic.ask("rule", as_of=as_of).to_dict("records")[0]
    st.subheader("Pain by session", anchor=False)
    if sessions.empty:
        st.info("No session in this period. Choose a longer one.", icon=":material/event_busy:")
    else:
        st.plotly_chart(
            charts.session_pain(sessions, float(rule["severe_from"])),
            key="patient_pain",
            config=charts.CONFIG,
            alt=f"Pain before, peak and after of {len(sessions)} sessions",
        )
    days = clinic.ask("patient_days", patient=patient, as_of=as_of, since=since)
    exercises = clinic.ask("patient_exercises", patient=patient, as_of=as_of, since=since)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.subheader("What was done", anchor=False)
        if days.empty:
            st.info("The programme has not begun by this day.", icon=":material/hourglass_empty:")
        else:
            st.plotly_chart(
                charts.adherence_calendar(days),
                key="patient_calendar",
                config=charts.CONFIG,
                alt="Share of the daily target done, by day and exercise; empty where nothing is known",
            )
    with right:
        st.subheader("Rise by exercise", anchor=False)
        if exercises["assessable"].sum() == 0:
            st.info("No row in this period can be judged.", icon=":material/help:")
        else:
            st.plotly_chart(
                charts.rise_by_exercise(exercises),
                key="patient_exercises",
                config=charts.CONFIG,
                alt="Median and largest rise of each exercise",
            )
        evidence.provoking(patient, as_of, since)
    if not sessions.empty:
        tables.heading("Sessions", lambda: sessions, "sessions", key="patient_sessions")
        tables.sessions(sessions, key="patient_table")


def _source(patient: str, as_of, since) -> None:
    rows = clinic.ask("patient_rows", patient=patient, as_of=as_of, since=since)
    if rows.empty:
        return
    with st.expander(f"Every logged row with its file and line · {len(rows):,}"):
        tables.rows(rows, key="patient_rows")


main()
