"""Who needs a professional's look today, why, and who comes first."""

from functools import partial

import pandas
import streamlit as st

from data.settings import settings
from pages.ui import charts, clinic, evidence, filters, frame, opened, tables, wording

ROWS_ON_A_PAGE = 25
FOLDED = ("low_adherence", "on_track")


def main() -> None:
    """The list in its sections, and beside it the evidence on the patient who is open."""
    frame.require_router()
    st.title("Review", anchor=False)
    view = filters.draw(period=False)
    frame.data_age(view.as_of)
    frame.past_day(view.as_of, settings().today())
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


def _place(view: filters.Filters, patient: str) -> dict | None:
    """Where the open patient is in the list, and who comes before and after; None where the filters leave them out."""
    order = clinic.ask("review_order", **view.parameters())
    found = order[order["patient_id"] == patient].to_dict("records")
    if not found:
        return None
    page, pages = found[0]["row_in_group"] // ROWS_ON_A_PAGE + 1, -(-found[0]["group_rows"] // ROWS_ON_A_PAGE)
    return found[0] | {"page": page, "pages": pages}


def _turn_to(view: filters.Filters, place: dict | None) -> None:
    """Turn the section of a patient who was just opened to their page; then it can be turned elsewhere."""
    state, turned_to = st.session_state, None
    if place:
        key = _page_key(view, place["review_group"])
        turned_to = (place["patient_id"], key, place["page"])
        if state.get("review_turned_to") != turned_to or key not in state:
            state[key] = place["page"]
    state["review_turned_to"] = turned_to


def _page_key(view: filters.Filters, group: str) -> str:
    return f"review_page_{group}_{view.number}"


def _list(view: filters.Filters, rule: dict, patient: str | None, place: dict | None) -> None:
    """The groups in their order, each with its rule and its count."""
    listed = _listed(view)
    if listed.empty:
        _nobody(view)
        return
    if not patient:
        st.markdown("Tick a patient to see the evidence beside the list. Ticking marks nothing as done.")
    for group, words in wording.GROUPS.items():
        members = listed[listed["review_group"] == group]
        if members.empty:
            continue
        count = int(members["group_rows"].iloc[0])
        title = f"{words} · {count:,}"
        whole = partial(_whole, view, group, count)
        name, key = f"review-{group.replace('_', '-')}", f"review_{group}"
        is_here = place is not None and place["review_group"] == group
        if group in FOLDED:
            with st.expander(title, expanded=is_here):
                _section(view, group, members, rule, patient)
                tables.download_menu(whole, name, key=key)
        else:
            tables.heading(title, whole, name, key=key)
            _section(view, group, members, rule, patient)


def _listed(view: filters.Filters) -> pandas.DataFrame:
    pages = [st.session_state.get(_page_key(view, group), 1) for group in wording.GROUPS]
    first_row = [(page - 1) * ROWS_ON_A_PAGE for page in pages]
    with st.spinner("Looking through the sessions", show_time=True):
        return clinic.ask("review_list", **view.parameters(), first_row=first_row, page_rows=ROWS_ON_A_PAGE)


def _nobody(view: filters.Filters) -> None:
    if view.narrows:
        st.info("No patient matches these filters. Clear one of them to see more.", icon=":material/filter_alt_off:")
    else:
        st.info("There are no patients by this day. Choose a later day, or import an export.", icon=":material/event:")


def _section(view: filters.Filters, group: str, members: pandas.DataFrame, rule: dict, patient: str | None) -> None:
    st.caption(wording.group_rule(group, rule))
    count = int(members["group_rows"].iloc[0])
    _table(group, members, count, patient)
    pages = -(-count // ROWS_ON_A_PAGE)
    if pages > 1:
        tables.turned_to(_page_key(view, group), pages)
        st.pagination(pages, key=_page_key(view, group))


def _table(group: str, members: pandas.DataFrame, count: int, patient: str | None) -> None:
    """The patients of one page of a group; the one who is open is ticked."""
    records = members.to_dict("records")
    shown = pandas.DataFrame(
        {
            "Patient": members["patient_id"],
            "Severity": [wording.severity(row["severity"], row["severity_from"]) for row in records],
            "Why": [_why(row) for row in records],
            "Largest rise": members["max_rise"].map(wording.signed),
            "Sessions with a rise": [
                wording.k_of_n(row["sessions_with_rise"], row["sessions_assessable"]) for row in records
            ],
            "Days waiting": members["days_waiting"],
            "Rise by session": members["rises"],
            "Last session": members["last_session"].map(wording.day),
        }
    )
    narrow = ["Patient", "Why", "Largest rise", "Days waiting"]
    is_open = (members["patient_id"] == patient).tolist()
    # Other rows make another table: a tick belongs to a row's number, and would stay where another patient is now.
    key = f"review_list_{group}_{hash((patient, *members['patient_id']))}"
    st.dataframe(
        shown,
        key=key,
        hide_index=True,
        height="content",
        row_height=38,
        placeholder="–",
        alt=f"{wording.GROUPS[group]}: {len(shown)} of {count} patients, each with the reasons to look",
        on_select=lambda: _open(members, key),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [is_open.index(True)] if any(is_open) else []}},
        column_order=narrow if patient else list(shown.columns),
        column_config={
            "Patient": st.column_config.TextColumn(width=90),
            "Why": st.column_config.ListColumn(width="medium" if patient else "large"),
            "Rise by session": st.column_config.BarChartColumn(y_min=0, y_max=5, color=charts.PEAK, width=130),
            "Largest rise": st.column_config.TextColumn(
                "Rise" if patient else "Largest rise", width=70 if patient else 90
            ),
            "Days waiting": st.column_config.NumberColumn(
                "Days" if patient else "Days waiting", width=70 if patient else 90
            ),
        },
    )


def _whole(view: filters.Filters, group: str, count: int) -> pandas.DataFrame:
    """Every page of a group."""
    first_row = [0] * len(wording.GROUPS)
    listed = clinic.ask("review_list", **view.parameters(), first_row=first_row, page_rows=count)
    return listed[listed["review_group"] == group]


def _why(row: dict) -> list[str]:
    return [wording.REASONS[reason] for reason in row["reasons"]] + [wording.CHIPS[chip] for chip in row["chips"]]


def _open(members: pandas.DataFrame, key: str) -> None:
    """Open the patient whose row was ticked."""
    selected = st.session_state[key]["selection"]["rows"]
    if selected:
        opened.show(members["patient_id"].iloc[selected[0]])


main()
