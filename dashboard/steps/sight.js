// Tells a part of the page its width once it comes into view, and whenever that changes.

// What is that near to the view is drawn before it is seen.
const MARGIN = "200px";

export class Sight {
  constructor() {
    this.parts = new WeakMap();
    const near = { rootMargin: MARGIN, scrollMargin: MARGIN };
    this.views = new IntersectionObserver((entries) => this.see(entries), near);
    // In the next frame: a change of size within the report of one is an error.
    this.sizes = new ResizeObserver((entries) => requestAnimationFrame(() => this.tell(entries)));
  }

  // Once `root` is in view, `onWidth` gets the width of `measured`, which lies in it.
  watch(root, measured, onWidth) {
    this.parts.set(root, measured);
    this.parts.set(measured, onWidth);
    this.views.observe(root);
  }

  see(entries) {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      this.views.unobserve(target);
      this.sizes.observe(this.parts.get(target));
    }
  }

  tell(entries) {
    for (const { target, contentRect } of entries) {
      // Without a width it is hidden, or just being taken away.
      if (contentRect.width && target.isConnected) this.parts.get(target)(contentRect.width);
    }
  }

  remove() {
    this.views.disconnect();
    this.sizes.disconnect();
  }
}
