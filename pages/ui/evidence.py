"""The evidence on one patient of the review list: why they are listed, down to file and line."""

import datetime

import pandas
import streamlit as st

from pages.ui import charts, clinic, filters, opened, tables, wording

EVIDENCE_DAYS = 28


def show(patient: str, as_of: datetime.date, rule: dict, place: dict | None) -> None:
    """Everything that lists this patient; `place` is their row of `review_order`, and its page of how many pages."""
    since = filters.since(as_of, EVIDENCE_DAYS)
    about = clinic.ask("patient_summary", patient=patient, as_of=as_of, since=since)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(wording.plain(patient), anchor=False)
        st.space("stretch")
        st.button("Close", icon=":material/close:", key="review_close", on_click=opened.close)
    if place:
        _walk(place)
    if about.empty:
        st.info("There is no patient with this id by this day.", icon=":material/person_off:")
        return
    if not place:
        st.info(
            f"{wording.plain(patient)} is not in this view: the filters above leave them out.",
            icon=":material/filter_alt_off:",
        )
    summary = about.to_dict("records")[0]
    st.markdown(headline(summary))
    st.page_link(
        "patient.py", label="Open the patient's page", icon=":material/person:", query_params={"patient": patient}
    )
    _reasons(summary, rule)
    sessions = clinic.ask("patient_sessions", patient=patient, as_of=as_of, since=since)
    if sessions.empty:
        st.info(f"No session in the last {EVIDENCE_DAYS} days.", icon=":material/event_busy:")
        return
    st.plotly_chart(
        charts.session_pain(sessions, float(rule["severe_from"])),
        key="review_pain",
        config=charts.CONFIG,
        alt=f"Pain before, peak and after of {len(sessions)} sessions in the last {EVIDENCE_DAYS} days",
    )
    _sessions_that_count(sessions, patient, as_of, since)


def _walk(place: dict) -> None:
    """The way through the whole list, one patient after the other."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, icon, kind, patient in (
            ("Previous patient", ":material/arrow_back:", "secondary", place["previous_patient"]),
            ("Next patient", ":material/arrow_forward:", "primary", place["next_patient"]),
        ):
            nobody = pandas.isna(patient)
            st.button(
                label,
                icon=icon,
                type=kind,
                key=f"review_{label}",
                disabled=nobody,
                on_click=opened.show,
                args=(patient,),
            )
        where = f"{place['row_in_group'] + 1:,} of {place['group_rows']:,} in {wording.GROUPS[place['review_group']]}"
        st.caption(f"{where}, page {place['page']} of {place['pages']}" if place["pages"] > 1 else where)


def headline(summary: dict) -> str:
    """Severity, programme and coverage of a patient in one line."""
    parts = [
        f"**{wording.GROUPS[summary['review_group']]}**",
        f"severity: {wording.severity(summary['severity'], summary['severity_from'])}",
        f"last session {wording.day(summary['last_session'])}",
        f"data through {wording.day(summary['covered_through'])}",
    ]
    return " · ".join(parts)


def _reasons(summary: dict, rule: dict) -> None:
    reasons, chips = list(summary["reasons"]), list(summary["chips"])
    if not reasons:
        st.markdown("No rule lists this patient today.")
    else:
        lines = [f"- **{wording.REASONS[reason]}**: {wording.reason_rule(reason, rule)}" for reason in reasons]
        st.markdown("Listed for your review because of\n" + "\n".join(lines))
    if chips:
        with st.container(horizontal=True):
            for chip in chips:
                st.badge(wording.CHIPS[chip], color="gray")


def _sessions_that_count(sessions, patient: str, as_of: datetime.date, since: datetime.date) -> None:
    """The sessions that give a reason, with their rows, notes, and the lines they were read from."""
    logged = clinic.ask("patient_rows", patient=patient, as_of=as_of, since=since)
    counting = sessions[sessions["reasons"].map(len) > 0]
    counting = counting.sort_values(["rise", "started_at"], ascending=False, na_position="last")
    if counting.empty:
        st.markdown("**Sessions of the last 28 days**")
        tables.sessions(sessions, key="review_sessions")
        tables.download_menu(lambda: sessions, "sessions", key="review_sessions")
        return
    st.markdown(f"**Sessions that count, the largest rise first · {len(counting)}**")
    for position, session in enumerate(counting.to_dict("records")):
        label = (
            f"{tables.moment(session)} · {wording.MARKS[session['mark']]} · {wording.score(session['shown_before'])} → "
            f"{wording.score(session['shown_peak'])} → {wording.score(session['pain_after'])}"
        )
        if session["rise"] > 0:
            label += f" · {wording.plain(wording.exercise(session['provoked_by']))}"
        with st.expander(label, expanded=position == 0):
            st.caption(" · ".join(wording.REASONS[reason] for reason in session["reasons"]))
            if isinstance(session["notes"], str):
                st.text(f"Notes: {session['notes']}")
            tables.rows(
                logged[logged["session_key"] == session["session_key"]], key=f"review_rows_{session['session_key']}"
            )
