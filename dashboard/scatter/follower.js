// Shows what another map shows: at once by moving the picture that is there, soon drawn anew.
//
// To move a picture costs the browser next to nothing, whatever the number of points; but the
// points grow with it, and what comes into view is missing until it is drawn. A turned cloud is
// another picture: it is drawn anew as often as half of the time allows.

// What drawing costs decides how soon the hand is taken to rest, and how often it is drawn in a
// long gesture: that takes no more than a fifth of the time.
const REST = { least: 120, costs: 2 };
const LONGEST = { least: 400, costs: 4 };

export class Follower {
  /** `figure` has the view; `moved` is called when that shows something else. */
  constructor(figure, moved) {
    this.figure = figure;
    this.moved = moved;
    this.cost = 0;
  }

  follow(range) {
    const { view } = this.figure;
    // One map may be drawn in SVG and flat, the other in space.
    if (range.length !== view.range.length || isClose(range, view.range)) return;
    this.wanted = range;
    this.since ??= performance.now();
    this.isAhead = view.moveAhead(range);
    if (this.isAhead) this.moved();
    if (!this.isDrawing) this.plan();
  }

  plan() {
    clearTimeout(this.timer);
    const now = performance.now();
    const after = ({ least, costs }) => Math.max(least, costs * this.cost);
    const longest = this.since + after(LONGEST);
    const due = this.isAhead ? Math.min(now + after(REST), longest) : this.since + this.cost;
    this.timer = setTimeout(() => this.draw(), Math.max(due - now, 0));
  }

  /** Before its own hand moves it, which goes on from what is drawn. */
  catchUp() {
    if (this.wanted) this.draw();
  }

  async draw() {
    clearTimeout(this.timer);
    const began = performance.now();
    this.isDrawing = true;
    await this.show();
    await painted();
    this.cost = performance.now() - began;
    this.isDrawing = false;
    if (this.wanted && !this.stopped) this.plan();
  }

  async show() {
    const range = this.wanted;
    [this.wanted, this.since] = [null, null];
    // What Plotly tells in the meantime is not the hand's doing.
    this.isShowing = true;
    await this.figure.view.show(range);
    this.isShowing = false;
    if (this.stopped) return;
    this.figure.view.moveAhead(this.wanted);
    this.moved();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }
}

/** To a millionth of what a flat range shows; of cameras, whose numbers are near 1. */
function isClose(one, other) {
  const span = one.length === 4 ? one[1] - one[0] : 1;
  return one.every((value, place) => Math.abs(value - other[place]) < span * 1e-6);
}

function painted() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
