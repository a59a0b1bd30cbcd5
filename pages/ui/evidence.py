"""The evidence on one patient of the review list: why they are listed, down to file and line."""

import datetime

import pandas
import streamlit as st

from pages.ui import charts, clinic, filters, opened, sentences, tables, wording

EVIDENCE_DAYS = 28
# Each of them is a table: more would make every click slow.
SESSIONS_ON_A_PAGE = 3


def show(patient: str, as_of: datetime.date, rule: dict, place: dict | None) -> None:
    """Everything that lists this patient; `place` is their row of `review_order`, and its page of how many pages."""
    since = filters.since(as_of, EVIDENCE_DAYS)
    about = clinic.ask("patient_summary", patient=patient, as_of=as_of, since=since)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(wording.plain(patient), anchor=False, width="content")
        if place:
            _walk(place)
        else:
            st.space("stretch")
        st.button("Close", icon=":material/close:", key="review_close", on_click=opened.close)
    if about.empty:
        st.info("There is no patient with this id by this day.", icon=":material/person_off:")
        return
    if not place:
        st.info(
            f"{wording.plain(patient)} is not in this view: the filters above leave them out.",
            icon=":material/filter_alt_off:",
        )
    summary = about.to_dict("records")[0]
    # What was left unreviewed is older than everything else.
    reach = filters.since(as_of, rule["left_to_days"] + 1) if "left_unreviewed" in summary["reasons"] else since
    reached = clinic.ask("patient_sessions", patient=patient, as_of=as_of, since=reach)
    sessions = reached[reached["day"] >= pandas.Timestamp(since)]
    st.markdown(f"**{wording.plain(sentences.sentence(summary))}**")
    if sessions.empty:
        st.info(f"No session in the last {EVIDENCE_DAYS} days.", icon=":material/event_busy:")
    else:
        usual = summary["usual_rise"]
        st.plotly_chart(
            charts.session_pain(sessions, float(rule["severe_from"]), None if pandas.isna(usual) else usual),
            key="review_pain",
            config=charts.CONFIG,
            alt=f"Pain before, peak and after of {len(sessions)} sessions in the last {EVIDENCE_DAYS} days, and the "
            "rise of each beside the usual one",
        )
    badges(sentences.also(summary))
    st.caption(headline(summary))
    st.page_link(
        "patient.py", label="Open the patient's page", icon=":material/person:", query_params={"patient": patient}
    )
    provoking(patient, as_of, since)
    if not reached.empty:
        _sessions_that_count(reached, list(summary["reasons_shown"]), patient, as_of, reach)
    _rules(summary, rule)


def _walk(place: dict) -> None:
    """Where the patient is in the list, and the way through the whole of it, one after the other."""
    where = f"{place['row_in_section'] + 1:,} of {place['section_rows']:,} in {wording.SECTIONS[place['section']]}"
    st.caption(f"{where}, page {place['page']} of {place['pages']}" if place["pages"] > 1 else where)
    for label, icon, kind, patient in (
        ("Previous", ":material/arrow_back:", "secondary", place["previous_patient"]),
        ("Next", ":material/arrow_forward:", "primary", place["next_patient"]),
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


def headline(summary: dict) -> str:
    """Section, severity by both sources, coverage and last review of a patient in one line of Markdown."""
    parts = [
        f"**{wording.SECTIONS[summary['section']]}**",
        f"severity: {wording.plain(wording.severities(summary))}",
        f"last session {wording.day(summary['last_session'])}",
        f"data through {wording.day(summary['covered_through'])}",
    ]
    if not pandas.isna(summary["reviewed_at"]):
        parts.append(
            f"last review {wording.day(summary['reviewed_at'])} by {wording.plain(summary['reviewer'])}: "
            f"{wording.OUTCOMES[summary['outcome']]}"
        )
    return " · ".join(parts)


def provoking(patient: str, as_of: datetime.date, since: datetime.date) -> None:
    """Which exercise goes with a rise, and whether rises have settled by the next day."""
    asked = {"patient": patient, "as_of": as_of, "since": since}
    lines = sentences.provoking(clinic.ask("patient_exercises", **asked).to_dict("records"))
    lines += sentences.settled(clinic.ask("patient_settled", **asked).to_dict("records")[0])
    st.markdown("\n".join(f"- {wording.plain(line)}" for line in lines))


def badges(labels: list[str]) -> None:
    """What there is to say of a patient beside the sentence."""
    if labels:
        with st.container(horizontal=True, gap="xsmall"):
            for label in labels:
                st.badge(label, color="gray")


def _rules(summary: dict, rule: dict) -> None:
    """The rules that list the patient, folded away."""
    with st.expander("Why this patient is listed, and by which rules"):
        reasons = [(wording.REASONS[code], wording.reason_rule(code, rule)) for code in summary["reasons"]]
        labels = [(wording.CHIPS[code], wording.chip_rule(code, rule)) for code in summary["chips"]]
        st.markdown("Listed for your review because" if reasons else "No rule lists this patient today.")
        _meanings(reasons)
        if labels:
            st.markdown("Labels beside it")
            _meanings(labels)
        st.caption(wording.recent_rule(rule))


def _meanings(of: list[tuple[str, str]]) -> None:
    st.markdown("\n".join(f"- **{label}**: {meaning}" for label, meaning in of))


def _sessions_that_count(
    sessions: pandas.DataFrame, reasons: list[str], patient: str, as_of: datetime.date, since: datetime.date
) -> None:
    """The sessions that give a reason, with their rows, notes, and the lines they were read from."""
    counting = sessions[sessions["reasons"].map(len) > 0]
    counting = counting.sort_values(["rise", "started_at"], ascending=False, na_position="last")
    if counting.empty:
        st.markdown(f"**Sessions of the last {EVIDENCE_DAYS} days**")
        tables.sessions(sessions, key="review_sessions")
        tables.download_menu(lambda: sessions, "sessions", key="review_sessions")
        return
    st.markdown(f"**Sessions that count, the largest rise first · {len(counting)}**")
    logged = clinic.ask("patient_rows", patient=patient, as_of=as_of, since=since)
    key, pages = f"review_sessions_{hash((patient, as_of))}", -(-len(counting) // SESSIONS_ON_A_PAGE)
    first = (tables.turned_to(key, pages) - 1) * SESSIONS_ON_A_PAGE
    for position, session in enumerate(counting[first : first + SESSIONS_ON_A_PAGE].to_dict("records")):
        of_session = logged[logged["session_key"] == session["session_key"]]
        _session(session, reasons, of_session, expanded=position == 0)
    if pages > 1:
        st.pagination(pages, key=key)


def _session(session: dict, reasons: list[str], logged: pandas.DataFrame, *, expanded: bool) -> None:
    """One session with its reasons, notes and rows."""
    label = (
        f"{tables.moment(session)} · {wording.MARKS[session['mark']]} · {wording.score(session['shown_before'])} → "
        f"{wording.score(session['shown_peak'])} → {wording.score(session['pain_after'])}"
    )
    if session["rise"] > 0:
        label += f" · {wording.plain(wording.exercise(session['provoked_by']))}"
    if start := wording.rise_from(session):
        label += f" · {start}"
    with st.expander(label, expanded=expanded):
        st.caption(" · ".join(wording.REASONS[code] for code in session["reasons"] if code in reasons))
        if isinstance(session["notes"], str):
            st.text(f"Notes: {session['notes']}")
        tables.rows(logged, key=f"review_rows_{session['session_key']}")
