"""Declares the components to Streamlit, and says how their JavaScript gets to the browser.

Streamlit loads a component's script from a blob, where relative imports fail and every rerun
carries it. So the script is a tiny loader, and what it loads are plain modules over HTTP.
"""

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import streamlit as st

from dashboard.media import module_address

ELEMENTS = "gallery/elements.css"
"""The style sheet that the components share which draw thumbnails."""

SAVING = "browser/save.css"
"""The style sheet of the buttons that save a figure."""

_ROOT = Path(__file__).parents[1]
_LOADER = """
const mounted = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  const before = mounted.get(parentElement);
  if (before && before.module !== data.module) before.end();
  const here = before?.module === data.module ? before : mount(parentElement, data.module);
  here.draw(component);
  return here.leave;
}

function mount(parentElement, module) {
  const code = import(new URL(module, document.baseURI).href);
  let cleanup = () => {};
  let left = false;
  const end = () => {
    if (left) return;
    left = true;
    mounted.delete(parentElement);
    cleanup();
  };
  // Called, too, for a draw that the next one has overtaken: of a part that stays where it is.
  const leave = () => parentElement.isConnected || end();
  const draw = (component) =>
    code
      .then(({ default: show }) => {
        if (!left) cleanup = show(component) ?? cleanup;
      })
      .catch((error) => fail(parentElement, error));
  const here = { module, draw, leave, end };
  mounted.set(parentElement, here);
  return here;
}

function fail(parentElement, error) {
  console.error(error);
  const sentence = document.createElement("p");
  sentence.setAttribute("role", "alert");
  sentence.textContent = `This part of the page did not load: ${error.message}. Reload the page.`;
  parentElement.replaceChildren(sentence);
}
"""
"""A component's whole script: imports `data.module` and calls its default export at every draw.

That export gets what Streamlit gives a component and returns what is to be done on unmount; it
finds its instance again by `parentElement`.
"""


class Component(Protocol):
    """Draws a component of the page."""

    def __call__(self, data: dict[str, Any], *, key: str, **on_change: Callable[[], None]) -> None:
        """Send it its data; each `on_NAME_change` is called when it tells what NAME is."""


def declare(module: str, *, styles: Sequence[str], isolate_styles: bool = True) -> Component:
    """Declare a component, once for a folder.

    Args:
        module: its script, a path below `dashboard`; its folder names the component.
        styles: its style sheets in their order, likewise.
        isolate_styles: whether they hold for the component alone.
    """
    sheets = [(_ROOT / style).read_text(encoding="utf-8") for style in styles]
    draw = st.components.v2.component(
        f"groupsight.{PurePosixPath(module).parent}",
        js=_LOADER,
        css="\n".join(sheets),
        isolate_styles=isolate_styles,
    )

    def show(data: dict[str, Any], *, key: str, **on_change: Any) -> None:
        draw(data={"module": module_address(module), **data}, key=key, **on_change)

    return show
