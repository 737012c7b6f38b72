// What the browser remembers of a person's taste: sizes and orders, never content.
const PREFIX = "groupsight:";

export function remembered(name, fallback) {
  try {
    return localStorage.getItem(PREFIX + name) ?? fallback;
  } catch {
    return fallback; // a browser may refuse its storage: then nothing is remembered
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // as above
  }
}
