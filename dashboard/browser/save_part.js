// A part of the page as a picture that says what made it.

import { readTheme } from "../scatter/theme.js";
import { drawPart } from "./save_dom.js";
import { framePicture } from "./save_frame.js";

/**
 * What `SaveButtons` asks for; `about`: the name of the file and what made it; `dressed`: an element
 * that knows the page's colours, as those within a component do.
 */
export async function drawFigure(root, about, dressed = root) {
  const { parts, size } = await drawPart(root);
  return { drawn: framePicture(parts, size, about, readTheme(dressed)), about };
}
