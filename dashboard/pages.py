"""The script that Streamlit runs: the pages, and what they share."""

import streamlit as st

from dashboard import session
from dashboard.access import is_member, offer_logout, require_login
from dashboard.arrivals import arrive, came_by_history
from dashboard.links import keep_link
from dashboard.preload import preload_computing
from dashboard.selection import leave
from dashboard.state import start_session
from dashboard.views import compare, data, explore, inside_vgg, review

st.set_page_config(page_title="Groupsight", page_icon="🫧", layout="wide")
start_session()
pages = [
    st.Page(explore.show, title="Explore", icon=":material/bubble_chart:", default=True),
    st.Page(compare.show, title="Compare", icon=":material/compare:", url_path="compare"),
    st.Page(review.show, title="Review", icon=":material/rule:", url_path="review"),
    st.Page(inside_vgg.show, title="Inside VGG", icon=":material/layers:", url_path="inside"),
    st.Page(data.show, title="Data", icon=":material/table:", url_path="data"),
]
page = st.navigation(pages, position="top" if is_member() else "hidden")
came = arrive(page.url_path)
if came:
    leave()
keep_link(came and not came_by_history())
# The map needs the room that Streamlit leaves above and beside a text. Streamlit's captions are
# paler than WCAG 2.2 asks for, level AA; of several buttons so is the one that is pointed at and,
# in its dark theme, the one that is chosen.
st.html("""<style>
.stMainBlockContainer {padding-top: 4.5rem; padding-inline: clamp(1rem, 3vw, 5rem)}
.stApp [data-testid="stCaptionContainer"] {opacity: 0.75}
.stApp [role="radiogroup"] > button:is([aria-checked="true"], :hover) {color: inherit !important}
</style>""")
require_login()
session.ask()
offer_logout()
page.run()
preload_computing()
