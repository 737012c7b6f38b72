"""Groupsight's page: Streamlit over `core`, which it imports and never the reverse."""
