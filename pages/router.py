"""What runs first on every visit: the list of pages, the page's title and frame, and then the page itself."""

from pathlib import Path

import streamlit as st

from pages.ui import frame, opened

# Before the list of pages: the browser would fetch the sign of the first page from a foreign host as its tab's picture.
st.set_page_config(page_icon=str(Path(__file__).parent / "ui" / "icon.svg"), layout="wide")
page = st.navigation(
    [
        st.Page("review.py", title="Review", icon=":material/fact_check:", default=True),
        st.Page("cohort.py", title="Cohort", icon=":material/groups:"),
        st.Page("patient.py", title="Patient", icon=":material/person:"),
        st.Page("imports.py", title="Imports", icon=":material/upload_file:"),
        st.Page("programme.py", title="Programme", icon=":material/self_improvement:"),
    ],
    position="top",
)
patient = opened.arrive(page.title)
st.set_page_config(page_title=" · ".join(filter(None, (patient, page.title, "Supine"))))
with frame.around_page():
    page.run()
opened.into_address(patient)
