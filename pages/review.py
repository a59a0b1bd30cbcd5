"""Who needs a professional's look today, why, and who comes first."""

from functools import partial

import pandas
import streamlit as st

from pages.ui import charts, clinic, evidence, filters, frame, opened, sentences, tables, wording

ROWS_ON_A_PAGE = 25
# Three lines of the sentence; Streamlit wraps text in rows that are higher than 64 pixels.
# Three lines of a sentence, and five where the list shares the width with an open patient.
ROW_HEIGHT, ROW_HEIGHT_BESIDE = 66, 102
WIDE = {
    "Severity": st.column_config.TextColumn(width=90),
    "Also": st.column_config.ListColumn(width=285),
    "Days waiting": st.column_config.NumberColumn(width=105),
    "Last rises": st.column_config.ImageColumn(
        width=charts.STRIP_WIDTH + 18,
        help="The last 14 sessions with scores, the newest on the right; the dashed line is the usual rise",
    ),
    "Last session": st.column_config.TextColumn(width=100),
}
FOLDED = ("low_adherence", "on_track", "look_again", "reviewed")


def main() -> None:
    """The list in its sections, and beside it the evidence on the patient who is open."""
    frame.require_router()
    view = filters.draw("Review", period=False)
    rule = clinic.ask("rule", as_of=view.as_of).to_dict("records")[0]
    patient = opened.patient()
    if not patient:
        _list(view, rule, None, None)
        return
    place = _place(view, patient)
    _turn_to(view, place)
    beside, detail = st.columns([9, 11], gap="medium")
    with beside, st.container(height=860, border=False):
        _list(view, rule, patient, place)
    with detail:
        evidence.show(patient, view.as_of, rule, place)


def _sections() -> list[str]:
    """The sections of the list, in their order."""
    return clinic.ask("review_sections")["section"].tolist()


def _place(view: filters.Filters, patient: str) -> dict | None:
    """Where the open patient is in the list, and who comes before and after; None where the filters leave them out."""
    order = clinic.ask("review_order", **view.parameters())
    found = order[order["patient_id"] == patient].to_dict("records")
    if not found:
        return None
    page, pages = found[0]["row_in_section"] // ROWS_ON_A_PAGE + 1, -(-found[0]["section_rows"] // ROWS_ON_A_PAGE)
    return found[0] | {"page": page, "pages": pages}


def _turn_to(view: filters.Filters, place: dict | None) -> None:
    """Turn the section of a patient who was just opened to their page; then it can be turned elsewhere."""
    state, turned_to = st.session_state, None
    if place:
        key = _page_key(view, place["section"])
        turned_to = (place["patient_id"], key, place["page"])
        if state.get("review_turned_to") != turned_to or key not in state:
            state[key] = place["page"]
    state["review_turned_to"] = turned_to


def _page_key(view: filters.Filters, section: str) -> str:
    return f"review_page_{section}_{view.number}"


def _list(view: filters.Filters, rule: dict, patient: str | None, place: dict | None) -> None:
    """The sections in their order, each with its rule and its count."""
    listed = _listed(view).to_dict("records")
    if not listed:
        _nobody(view)
        return
    for section in dict.fromkeys(row["section"] for row in listed):
        members = [row for row in listed if row["section"] == section]
        count = members[0]["section_rows"]
        title = f"{wording.SECTIONS[section]} · {count:,}"
        whole = partial(_whole, view, section, count)
        its_rule = wording.section_rule(section, rule)
        name, key = f"review-{section.replace('_', '-')}", f"review_{section}"
        if section in FOLDED:
            with st.expander(title, expanded=place is not None and place["section"] == section):
                st.caption(its_rule)
                _section(view, section, members, rule, patient)
                tables.download_menu(whole, name, key=key)
        else:
            tables.heading(title, whole, name, key=key, note="" if patient else its_rule)
            if patient:
                st.caption(its_rule)
            _section(view, section, members, rule, patient)


def _listed(view: filters.Filters) -> pandas.DataFrame:
    pages = [st.session_state.get(_page_key(view, section), 1) for section in _sections()]
    first_row = [(page - 1) * ROWS_ON_A_PAGE for page in pages]
    with st.spinner("Looking through the sessions", show_time=True):
        return clinic.ask("review_list", **view.parameters(), first_row=first_row, page_rows=ROWS_ON_A_PAGE)


def _nobody(view: filters.Filters) -> None:
    if view.narrows:
        st.info("No patient matches these filters. Clear one of them to see more.", icon=":material/filter_alt_off:")
    else:
        st.info("There are no patients by this day. Choose a later day, or import an export.", icon=":material/event:")


def _section(view: filters.Filters, section: str, members: list[dict], rule: dict, patient: str | None) -> None:
    _table(section, members, rule, patient)
    pages = -(-members[0]["section_rows"] // ROWS_ON_A_PAGE)
    if pages > 1:
        tables.turned_to(_page_key(view, section), pages)
        st.pagination(pages, key=_page_key(view, section))


def _table(section: str, members: list[dict], rule: dict, patient: str | None) -> None:
    """The patients of one page of a section; the one who is open is ticked, and leaves room for two columns."""
    ids = [row["patient_id"] for row in members]
    # Other rows make another table: a tick belongs to a row's number, and would stay where another patient is now.
    key = f"review_list_{section}_{hash((patient, *ids))}"
    named = f"{wording.SECTIONS[section]}: {len(ids)} of {members[0]['section_rows']} patients, each with what happened"
    st.dataframe(
        _columns(members, whole=not patient),
        key=key,
        hide_index=True,
        height="content",
        row_height=ROW_HEIGHT_BESIDE if patient else ROW_HEIGHT,
        placeholder="–",
        alt=named if patient else f"{named}. Last rises: {'; '.join(map(_rises, members))}",
        on_select=lambda: _open(ids, key),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [ids.index(patient)] if patient in ids else []}},
        column_config={
            "Patient": st.column_config.TextColumn(width=80),
            "What happened": st.column_config.TextColumn(width=240 if patient else 440, help=wording.recent_rule(rule)),
            **({} if patient else WIDE),
        },
    )


def _columns(members: list[dict], *, whole: bool) -> pandas.DataFrame:
    """Who they are and what happened; and everything else, where there is room for it."""
    sentence = {"What happened": [sentences.sentence(row) for row in members]}
    if not whole:
        return pandas.DataFrame({"Patient": [row["patient_id"] for row in members], **sentence})
    return pandas.DataFrame(
        {
            "Patient": [row["patient_id"] for row in members],
            "Severity": [wording.severity(row["severity"]) for row in members],
            **sentence,
            "Also": [sentences.also(row) for row in members],
            "Days waiting": pandas.array([row["days_waiting"] for row in members], dtype="Int64"),
            "Last rises": [_strip(row) for row in members],
            "Last session": [wording.day(row["last_session"]) for row in members],
        }
    )


def _strip(row: dict) -> str | None:
    """The picture of a patient's last rises beside what is usual."""
    if row["rises"] is None:
        return None
    return charts.strip(tuple(map(float, row["rises"])), None if pandas.isna(row["usual_rise"]) else row["usual_rise"])


def _rises(row: dict) -> str:
    """The same in words, for whoever does not see it."""
    if row["rises"] is None:
        return f"{row['patient_id']} none"
    usual = "" if pandas.isna(row["usual_rise"]) else f" (usual {wording.tenth(row['usual_rise'])})"
    return f"{row['patient_id']} {', '.join(map(wording.signed, row['rises']))}{usual}"


def _whole(view: filters.Filters, section: str, count: int) -> pandas.DataFrame:
    """Every page of a section."""
    first_row = [0] * len(_sections())
    listed = clinic.ask("review_list", **view.parameters(), first_row=first_row, page_rows=count)
    return listed[listed["section"] == section]


def _open(ids: list[str], key: str) -> None:
    """Open the patient whose row was ticked."""
    selected = st.session_state[key]["selection"]["rows"]
    if selected:
        opened.show(ids[selected[0]])


main()
