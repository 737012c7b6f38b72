"""Texts can be read in both themes: Streamlit's, the cards', the network's and the curves'."""

import re
from urllib.parse import urlencode

import pytest
from contrast import LEAST, contrasts
from map_driver import PATIENCE_MS, wait_for_map, wait_until

_HAS_CHANGED = """button => Promise.all(
    button.getAnimations({subtree: true}).map((change) => change.finished)
)"""
"""Once it has taken the colour that it has under the pointer."""


@pytest.fixture
def folder(tmp_path, save_image):
    for shade in range(100, 250, 25):
        save_image(tmp_path / "images" / f"{shade}.png", (shade, 0, 250 - shade))
    return tmp_path / "images"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_captions_cards_buttons_and_the_network_can_be_read(page, folder, scheme):
    page.emulate_media(color_scheme=scheme)
    link = {"source": folder, "weights": "embedded", "k": 2}
    page.goto(f"/?{urlencode(link)}")
    wait_for_map(page)
    facts = page.locator(".fact-name")
    facts.first.wait_for()
    assert min(contrasts(facts)) >= LEAST
    page.get_by_role("link", name="Inside VGG").click()
    page.get_by_role("radio", name="Network").click()
    page.mouse.move(0, 0)
    page.locator(".network .features").wait_for()
    for kind in ("[data-testid=stCaptionContainer] p", "[role=radio] p", ".network .features"):
        texts = page.locator(kind)
        # A button that was clicked takes its colour little by little.
        wait_until(page, lambda texts=texts: min(contrasts(texts), default=0) >= LEAST)
        assert min(contrasts(texts)) >= LEAST, kind
    for name in ("Network", "Clusters"):  # the chosen one, and another
        button = page.get_by_role("radio", name=name)
        button.hover()
        button.evaluate(_HAS_CHANGED)
        assert min(contrasts(button.locator("p"))) >= LEAST, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_curves_can_be_read(page, folder, scheme):
    page.emulate_media(color_scheme=scheme)
    link = {"source": folder, "weights": "embedded", "k": 2, "k_from": 2, "k_to": 4}
    page.goto(f"/?{urlencode(link)}")
    page.get_by_role("link", name="Compare").click(timeout=PATIENCE_MS)
    figure = page.locator(".st-key-curves-frame .main-svg")
    figure.get_by_text("higher is better").first.wait_for(timeout=PATIENCE_MS)
    page.get_by_text("Measuring").wait_for(state="detached", timeout=PATIENCE_MS)
    texts = figure.locator("text").filter(has_text=re.compile(r"\w"))
    wait_until(page, lambda: min(contrasts(texts), default=0) >= LEAST)
    assert min(contrasts(texts)) >= LEAST
    written = texts.all_text_contents()
    assert "2" in written
    assert any(text.startswith("Silhouette") for text in written)
