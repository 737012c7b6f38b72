"""What the components share in the browser, and how their JavaScript gets there.

Streamlit loads a component's script from a blob, where relative imports fail and every rerun
carries it. So the script is a tiny loader, and what it loads are plain modules over HTTP.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LOADER = """
const mounted = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  const before = mounted.get(parentElement);
  if (before && before.module !== data.module) before.leave();
  const here = before?.module === data.module ? before : mount(parentElement, data.module);
  here.draw(component);
  return here.leave;
}

function mount(parentElement, module) {
  const code = import(new URL(module, document.baseURI).href);
  let cleanup = () => {};
  let left = false;
  const leave = () => {
    left = true;
    mounted.delete(parentElement);
    cleanup();
  };
  const draw = (component) =>
    code
      .then(({ default: show }) => {
        if (!left) cleanup = show(component) ?? cleanup;
      })
      .catch((error) => fail(parentElement, error));
  const here = { module, draw, leave };
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


@dataclass(frozen=True, slots=True)
class Modules:
    """All scripts by their path below `dashboard`, and one hash over them, for their address."""

    texts: dict[str, str]
    revision: str


@cache
def all_modules() -> Modules:
    """The scripts of the components, read once."""
    root = Path(__file__).parents[1]
    files = sorted(root.glob("*/*.js"))
    texts = {file.relative_to(root).as_posix(): file.read_text("utf-8") for file in files}
    return Modules(texts, hashlib.sha256(repr(texts).encode()).hexdigest()[:16])
