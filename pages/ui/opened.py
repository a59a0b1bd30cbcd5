"""The patient whom a page has open: in the address bar, and remembered while another page is shown."""

import streamlit as st

_REMEMBERED = {"Review": "review_patient", "Patient": "patient_patient"}


def arrive(page: str) -> str | None:
    """The patient whom the page with this title has open; whoever comes back by its tab finds the patient still open.

    Only on the way from another page: back in the browser's history, or the tab of the page itself, closes the patient.
    """
    state, address = st.session_state, st.query_params
    came_from, state["router_page"] = state.get("router_page"), page
    remembered = _REMEMBERED.get(page)
    if remembered is None:
        return None
    if came_from != page and "patient" not in address and state.get(remembered):
        address["patient"] = state[remembered]
    patient = state[remembered] = address.get("patient")
    if patient:
        # The Patient page shows whoever was opened last, so that it never shows another than the list has just shown.
        state[_REMEMBERED["Patient"]] = patient
    return patient
