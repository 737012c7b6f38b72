// How the view moves: by this map's own hand, after another map of its group, or as Python asks.

import { Follower } from "./follower.js";
import { Zoom } from "./zoom.js";

const LAG_FRAMES = 12;

export class Motion {
  /** `moved` is called whenever something else is in view, `tell` with a zoom for Python. */
  constructor(figure, link, { moved, tell }) {
    Object.assign(this, { figure, link, moved, tell });
    this.zoom = new Zoom();
    this.follower = new Follower(figure, moved);
  }

  /** The hand moves the view: the others follow. */
  lead() {
    this.moved();
    if (this.follower.isShowing) return;
    this.link.zoom(this.figure.view.range);
    if (this.figure.view.lags) this.watch(LAG_FRAMES);
  }

  /** In space the camera comes some frames after the hand, and nobody tells when. */
  watch(frames) {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      this.moved();
      if (!this.follower.isShowing) this.link.zoom(this.figure.view.range);
      if (frames) this.watch(frames - 1);
    });
  }

  /** The hand has moved it; `reports` says whether Python wants to know. */
  rest(reports) {
    this.lead();
    if (this.follower.isShowing || !reports) return;
    const range = () => (this.figure.view.isHome ? null : this.figure.view.range);
    this.zoom.moved(range, (now) => {
      this.tell(now);
      this.link.toldZoom(now);
    });
  }

  follow(range) {
    this.follower.follow(range);
  }

  /** Another map told Python of this zoom. */
  expect(range) {
    this.zoom.expect(range);
  }

  /** What the hand does next starts from what is seen. */
  catchUp() {
    this.follower.catchUp();
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.zoom.stop();
    this.follower.stop();
  }
}
