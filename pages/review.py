"""Who needs a professional's look today, why, and who comes first."""

from functools import partial

import pandas
import streamlit as st

from data.settings import settings
from pages.ui import charts, clinic, evidence, filters, frame, tables, wording

ROWS_ON_A_PAGE = 25
FOLDED = ("low_adherence", "on_track")


def main() -> None:
    """The list in its sections, and beside it the evidence on the patient who is open."""
    frame.require_router()
    st.title("Review", anchor=False)
    chosen = filters.draw(period=False)
    frame.data_age(chosen.as_of)
    frame.past_day(chosen.as_of, settings().today())
    rule = clinic.ask("rule", as_of=chosen.as_of).to_dict("records")[0]
    listed = _listed(chosen)
    if listed.empty:
        _nobody(chosen)
        return
    opened = st.query_params.get("patient")
    if opened is None:
        st.markdown("Tick a patient to see the evidence beside the list. Ticking marks nothing as done.")
        _sections(chosen, listed, rule, None)
        return
    beside, detail = st.columns([9, 11], gap="medium")
    with beside, st.container(height=860, border=False):
        _sections(chosen, listed, rule, opened)
    with detail:
        evidence.show(opened, chosen.as_of, rule, _following(listed, opened))


def _listed(chosen: filters.Filters) -> pandas.DataFrame:
    first_row = [(st.session_state.get(f"page_{group}", 1) - 1) * ROWS_ON_A_PAGE for group in wording.GROUPS]
    with st.spinner("Looking through the sessions", show_time=True):
        return clinic.ask("review_list", **chosen.parameters(), first_row=first_row, page_rows=ROWS_ON_A_PAGE)


def _nobody(chosen: filters.Filters) -> None:
    if chosen.narrows:
        st.info("No patient matches these filters. Clear one of them to see more.", icon=":material/filter_alt_off:")
    else:
        st.info("There are no patients by this day. Choose a later day, or import an export.", icon=":material/event:")


def _sections(chosen: filters.Filters, listed: pandas.DataFrame, rule: dict, opened: str | None) -> None:
    """The groups in their order, each with its rule and its count."""
    for group, words in wording.GROUPS.items():
        members = listed[listed["review_group"] == group]
        if members.empty:
            continue
        count = int(members["group_rows"].iloc[0])
        title = f"{words} · {count:,}"
        whole = partial(_whole, chosen, group, count)
        name = f"review-{group.replace('_', '-')}"
        if group in FOLDED:
            with st.expander(title, expanded=opened in set(members["patient_id"])):
                _section(group, members, count, rule, opened)
                tables.download_menu(whole, name, key=group)
        else:
            tables.heading(title, whole, name, key=group)
            _section(group, members, count, rule, opened)


def _section(group: str, members: pandas.DataFrame, count: int, rule: dict, opened: str | None) -> None:
    st.caption(wording.group_rule(group, rule))
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
    is_open = (members["patient_id"] == opened).tolist()
    key = f"list_{group}_{opened}"
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
        column_order=narrow if opened else list(shown.columns),
        column_config={
            "Patient": st.column_config.TextColumn(width=90),
            "Why": st.column_config.ListColumn(width="medium" if opened else "large"),
            "Rise by session": st.column_config.BarChartColumn(y_min=0, y_max=5, color=charts.PEAK, width=130),
            "Largest rise": st.column_config.TextColumn(
                "Rise" if opened else "Largest rise", width=70 if opened else 90
            ),
            "Days waiting": st.column_config.NumberColumn(
                "Days" if opened else "Days waiting", width=70 if opened else 90
            ),
        },
    )
    pages = -(-count // ROWS_ON_A_PAGE)
    if pages > 1:
        st.pagination(pages, key=f"page_{group}")


def _whole(chosen: filters.Filters, group: str, count: int) -> pandas.DataFrame:
    """Every page of a group."""
    first_row = [0] * len(wording.GROUPS)
    listed = clinic.ask("review_list", **chosen.parameters(), first_row=first_row, page_rows=count)
    return listed[listed["review_group"] == group]


def _why(row: dict) -> list[str]:
    return [wording.REASONS[reason] for reason in row["reasons"]] + [wording.CHIPS[chip] for chip in row["chips"]]


def _open(members: pandas.DataFrame, key: str) -> None:
    """Put the patient whose row was selected into the address bar."""
    selected = st.session_state[key]["selection"]["rows"]
    if selected:
        st.query_params["patient"] = members["patient_id"].iloc[selected[0]]


def _following(listed: pandas.DataFrame, opened: str) -> str | None:
    """The patient after the open one, in the order of the list as it is shown."""
    order = listed["patient_id"].tolist()
    if opened in order and order.index(opened) + 1 < len(order):
        return order[order.index(opened) + 1]
    return None


main()
