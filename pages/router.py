"""What runs first on every visit: the page's frame, the navigation, and then the page itself."""

from pathlib import Path

import streamlit as st

from pages.ui import frame

st.set_page_config(page_title="Supine", page_icon=str(Path(__file__).parent / "ui" / "icon.svg"), layout="wide")

page = st.navigation(
    [
        st.Page(f"{name}.py", title=title, icon=icon, default=number == 0)
        for number, (name, (title, icon)) in enumerate(frame.PAGES.items())
    ],
    position="top",
)
with frame.around_page():
    page.run()
