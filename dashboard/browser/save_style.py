"""The style sheet of the buttons that save a figure, for the components that have them."""

from pathlib import Path

SAVE_STYLE = Path(__file__).with_name("save.css").read_text(encoding="utf-8")
