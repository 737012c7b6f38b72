// The page's colours and font, which change while the page is open.

const NAMES = {
  text: "--st-text-color",
  background: "--st-background-color",
  primary: "--st-primary-color",
  font: "--st-font",
};

export function readTheme(element) {
  const style = getComputedStyle(element);
  const read = ([key, name]) => [key, style.getPropertyValue(name).trim()];
  const theme = Object.fromEntries(Object.entries(NAMES).map(read));
  return { ...theme, text: theme.text || style.color, font: theme.font || style.fontFamily };
}

/** What Plotly draws in the theme's colours; the rest follows by CSS. */
export function themedLayout({ text, font }) {
  return { "legend.font.color": text, "legend.font.family": font };
}
