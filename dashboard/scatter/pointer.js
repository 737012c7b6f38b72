// What the pointer does on the plot: moves, clicks, draws around points; the rest is Plotly's.

const CLICK_PX = 4;

export class Pointer {
  /** `heard` has moved, left, clicked, doubled, began, extended, ended, cancelled, mode, area. */
  constructor(plot, heard) {
    this.plot = plot;
    this.heard = heard;
    this.spaceHeld = false;
    plot.addEventListener("pointerdown", (event) => this.down(event), true);
    plot.addEventListener("pointermove", (event) => this.start || this.hover(event), true);
    // While Plotly pans it covers the page: what goes on then, only the window hears.
    this.listening = new AbortController();
    const always = { capture: true, signal: this.listening.signal };
    window.addEventListener("pointermove", (event) => this.start && this.drag(event), always);
    window.addEventListener("pointerup", (event) => this.start && this.up(event), always);
    window.addEventListener("pointercancel", () => this.cancel(), always);
    plot.addEventListener("pointerleave", () => heard.left());
    plot.addEventListener("dblclick", (event) => this.isOnArea(event) && heard.doubled(event), true);
    // Plotly listens to these: while we draw, it must neither pan nor turn.
    const stop = (event) => this.drawn && event.stopPropagation();
    for (const name of ["mousedown", "touchstart"]) plot.addEventListener(name, stop, true);
    plot.addEventListener("auxclick", (event) => event.preventDefault());
  }

  down(event) {
    if (!this.isOnArea(event)) return;
    this.start = [event.clientX, event.clientY];
    this.panned = this.spaceHeld;
    this.still = true;
    this.drawn = event.button === 0 && this.heard.mode() !== "pan" && !this.spaceHeld;
    if (!this.drawn) return;
    this.plot.setPointerCapture(event.pointerId);
    this.heard.began(this.placeOf(event));
  }

  hover(event) {
    if (this.isOnArea(event)) this.heard.moved(this.placeOf(event), event);
    else this.heard.left();
  }

  drag(event) {
    const [x, y] = this.start;
    // A loop may end where it began: once the pointer has left, this is no click.
    if (Math.hypot(event.clientX - x, event.clientY - y) >= CLICK_PX) this.still = false;
    if (this.drawn) this.heard.extended(this.placeOf(event));
  }

  up(event) {
    const { still, drawn } = this;
    this.start = null;
    this.drawn = false;
    if (still && drawn) this.heard.cancelled();
    if (still && event.button === 0) this.heard.clicked(this.placeOf(event), event);
    else if (drawn) this.heard.ended(event);
  }

  /** Give up what is being drawn; says whether something was. */
  cancel() {
    const drawn = this.drawn;
    if (drawn) this.heard.cancelled();
    this.start = null;
    this.drawn = false;
    return drawn;
  }

  remove() {
    this.listening.abort();
  }

  /** In pixels of the area. */
  placeOf(event) {
    const box = this.plot.getBoundingClientRect();
    const { left, top } = this.heard.area();
    return [event.clientX - box.left - left, event.clientY - box.top - top];
  }

  isOnArea(event) {
    const area = this.heard.area();
    if (!area || event.target.closest(".legend, .infolayer .colorbar, button")) return false;
    const [x, y] = this.placeOf(event);
    return x >= 0 && y >= 0 && x <= area.width && y <= area.height;
  }
}
