// Images that went from one cluster to another, between the medoids of both.
import { countImages, number } from "../browser/counts.js";
import { drawIcon, drawSymbol } from "../gallery/icons.js";
import { drawOpener } from "../gallery/opener.js";
import { make } from "../scatter/element.js";
import { Line } from "./line.js";
import { describeWay } from "./words.js";

export class Strip {
  // `acts` knows open(row), select() and say(text); `sight` tells when there is something to draw.
  constructor(strip, { images, sight, dress, acts }) {
    Object.assign(this, { strip, images, dress, acts });
    const { rows, count, copies, before, after } = strip;
    this.line = new Line({
      rows, images, dress,
      count: count - copies,
      onOpen: acts.open,
      onAll: acts.select,
      onMore: (shown) => acts.say(`${number(shown)} of ${countImages(count - copies)} are shown`),
    });
    this.ends = [before, after].map(drawEnd);
    this.root = make("div", "strip", { role: "group", "aria-label": describeWay(strip) });
    this.root.style.setProperty("--before", before.color);
    this.root.style.setProperty("--after", after.color);
    const arrow = make("span", "arrow", { "aria-hidden": "true" }, "→");
    this.root.append(this.ends[0], arrow, this.drawFlow(), this.ends[1]);
    this.choose(false);
    sight.watch(this.root, this.line.root, (width) => this.show(width));
  }

  drawFlow() {
    const { count, copies } = this.strip;
    this.select = make("button", "select", { type: "button" });
    if (copies) this.select.title = `${countImages(count)}, ${number(copies)} of them copies of others`;
    this.select.addEventListener("click", this.acts.select);
    return make("div", "flow", {}, this.select, this.line.root);
  }

  // Only what is in view asks for its pictures.
  show(width) {
    if (!this.seen) {
      this.seen = true;
      this.drawMedoid(this.strip.before, this.ends[0]);
      this.drawMedoid(this.strip.after, this.ends[1]);
    }
    this.line.fit(width);
    this.afterShow?.();
    this.afterShow = undefined;
  }

  // Its height is known once its images are drawn: calls `act` now, and then.
  onceShown(act) {
    act();
    if (!this.seen) this.afterShow = act;
  }

  drawMedoid({ medoid }, end) {
    if (medoid === null) return;
    const button = drawOpener(medoid, this.images);
    button.addEventListener("click", () => this.acts.open(medoid));
    this.dress(button);
    end.querySelector(".picture").replaceWith(button);
  }

  choose(chosen) {
    if (chosen === this.isChosen) return;
    this.isChosen = chosen;
    const count = countImages(this.strip.count);
    this.root.classList.toggle("chosen", chosen);
    this.select.replaceChildren(
      ...(chosen ? [drawIcon("check"), `${count} selected`] : [`Select ${count}`]),
    );
  }
}

function drawEnd({ name, color, symbol }, at) {
  const words = make("span", "end-name", { title: name, dir: "auto" }, name);
  const label = make("span", "end-label", {}, drawSymbol(symbol, color), words);
  const end = make("div", `end ${at ? "after" : "before"}`, {}, make("span", "picture"), label);
  end.style.setProperty("--cluster", color);
  return end;
}
