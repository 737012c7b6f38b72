// Tells Python of the zoom once it rests, and takes over one that Python asks for.

const REST_MS = 600;

export class Zoom {
  constructor() {
    this.sent = [];
    this.told = null;
  }

  /** `range` gives what is in view, or null for everything; `tell` is called if it changed. */
  moved(range, tell) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const now = rounded(range());
      if (same(now, this.told)) return;
      this.told = now;
      this.sent.push(JSON.stringify(now));
      tell(now);
    }, REST_MS);
  }

  /** Python was told of this by another map, and will send it here too. */
  expect(now) {
    clearTimeout(this.timer);
    this.told = now;
    this.sent.push(JSON.stringify(now));
  }

  /** Whether Python asks for something new; what we told it comes back as an echo. */
  isNews(given) {
    const text = JSON.stringify(rounded(given));
    if (text === this.given) return false;
    this.given = text;
    const echo = this.sent.indexOf(text);
    if (echo >= 0) this.sent.splice(0, echo + 1);
    else this.told = rounded(given);
    return echo < 0;
  }

  stop() {
    clearTimeout(this.timer);
  }
}

function rounded(range) {
  return range && range.map((value) => Number(value.toPrecision(6)));
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
