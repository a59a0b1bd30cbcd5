"""What runs first on every visit: the list of pages, the page's title and frame, and then the page itself."""

from pathlib import Path

import streamlit as st

from pages.ui import frame, opened

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
st.set_page_config(
    page_title=" · ".join(filter(None, (patient, page.title, "Supine"))),
    page_icon=str(Path(__file__).parent / "ui" / "icon.svg"),
    layout="wide",
)
with frame.around_page():
    page.run()
