"""The patient whom a page has open: in the address bar, and remembered while another page is shown."""

import streamlit as st

_REMEMBERED = {"Review": "review_patient", "Patient": "patient_patient"}


def arrive(page: str) -> str | None:
    """The patient whom the page with this title has open; on the way back from another page, whoever was open before.

    Whoever is opened on Review is open on the Patient page too, where the visitor is likely to look next.
    """
    state, key, patient = st.session_state, _REMEMBERED.get(page), None
    came_from, state["router_page"] = state.get("router_page"), page
    if key:
        before = state.get(key)
        patient = st.query_params.get("patient") or (before if came_from != page else None)
        if patient and patient != before:
            state[key] = state[_REMEMBERED["Patient"]] = patient
    state["router_patient"] = patient
    return patient


def patient() -> str | None:
    """The patient whom the page has open in this run."""
    return st.session_state["router_patient"]


def show(patient: str) -> None:
    """Open a patient on this page; for the callback of a widget."""
    st.query_params["patient"] = patient


def close() -> None:
    """Close the patient of this page, and forget them; for the callback of a widget."""
    st.query_params.pop("patient", None)
    st.session_state.pop(_REMEMBERED[st.session_state["router_page"]], None)


def into_address(patient: str | None) -> None:
    """Put a patient who was remembered into the address bar; only once the browser is at the page's own address."""
    if patient and st.query_params.get("patient") != patient:
        st.query_params["patient"] = patient
