"""How well a text stands out from what lies behind it, as WCAG 2.2 defines it."""

from playwright.sync_api import Locator

LEAST = 4.5
"""As WCAG 2.2 asks for, level AA."""

_CONTRASTS = """all => {
    const context = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const read = (color) => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
        const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
        return { color: [red, green, blue], alpha: alpha / 255 };
    };
    const parent = (one) => one.parentElement ?? one.getRootNode().host;
    const line = (one) => (one ? [one, ...line(parent(one))] : []);
    const lay = (above, alpha, below) =>
        above.map((one, i) => one * alpha + below[i] * (1 - alpha));
    const light = (one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    const luminance = (color) => {
        const [red, green, blue] = color.map((one) => light(one / 255));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    return all.map((one) => {
        const styles = line(one).map((above) => getComputedStyle(above));
        const behind = styles.map((style) => read(style.backgroundColor)).reduceRight(
            (below, { color, alpha }) => lay(color, alpha, below), [255, 255, 255]);
        const { color, alpha } = read(one instanceof SVGElement ? styles[0].fill : styles[0].color);
        const opacity = styles.reduce((product, style) => product * style.opacity, alpha);
        const shades = [lay(color, opacity, behind), behind].map(luminance);
        const [low, high] = shades.sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    });
}"""


def contrasts(texts: Locator) -> list[float]:
    """The contrast of each text, 1 to 21; pictures behind it do not count."""
    found: list[float] = texts.evaluate_all(_CONTRASTS)
    return found
