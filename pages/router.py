"""What runs first on every visit: the navigation, the page's title and frame, and then the page itself."""

from pathlib import Path

import streamlit as st

from pages import PAGES
from pages.ui import frame, opened

# Before the navigation, which would fetch a page's icon for the browser's tab from the internet.
st.set_page_config(page_icon=str(Path(__file__).parent / "ui" / "icon.svg"), layout="wide")
page = st.navigation(
    [
        st.Page(f"{name}.py", title=title, icon=icon, default=number == 0)
        for number, (name, (title, icon)) in enumerate(PAGES.items())
    ],
    position="top",
)
patient = opened.arrive(page.title)
st.set_page_config(page_title=" · ".join(filter(None, (patient, page.title, "Supine"))))
with frame.around_page():
    page.run()
opened.into_address(patient)
