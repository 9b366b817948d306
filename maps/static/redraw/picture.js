// A picture to point at, pixel by pixel, by pointer or keyboard: where its control points are marked.
import { el } from "../dom.js";

const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8];
const STEP = 1 / 100; // of the picture's width in view; with Shift ten of them
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Picture {
  // picked: told the pixel (x, y from the upper left corner) that somebody pointed at.
  constructor(box, { picked }) {
    Object.assign(this, { box, picked, zoom: 0, at: null });
    this.image = el("img", { alt: "", draggable: "false" });
    this.marks = el("div", { class: "marks" });
    this.cross = el("div", { class: "cross", hidden: true, "aria-hidden": "true" });
    this.inner = el("div", { class: "inner" }, this.image, this.marks, this.cross);
    box.append(this.inner);
    this.inner.addEventListener("click", (event) => this.click(event));
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("blur", () => (this.cross.hidden = true));
  }

  show(backdrop) {
    this.backdrop = backdrop;
    this.box.hidden = !backdrop;
    if (!backdrop) return;
    if (this.shown !== backdrop.id) {
      this.image.src = backdrop.image;
      this.shown = backdrop.id;
      this.zoom = 0;
      this.at = [backdrop.width / 2, backdrop.height / 2];
      this.resize();
    }
    this.mark(backdrop.points);
  }

  resize() {
    this.inner.style.width = `${ZOOMS[this.zoom] * 100}%`;
    this.inner.style.aspectRatio = `${this.backdrop.width} / ${this.backdrop.height}`;
  }

  closer(by) {
    this.zoom = Math.max(0, Math.min(ZOOMS.length - 1, this.zoom + by));
    this.resize();
    this.intoView();
  }

  mark(points, next = null) {
    const all = [...points.map((one, i) => [one, String(i + 1)]), ...(next ? [[next, "+"]] : [])];
    this.marks.replaceChildren(...all.map(([one, name]) => this.put(el("b", { class: "pin-mark", text: name }), one.x, one.y)));
  }

  put(node, x, y) {
    node.style.left = `${(100 * x) / this.backdrop.width}%`;
    node.style.top = `${(100 * y) / this.backdrop.height}%`;
    return node;
  }

  click(event) {
    const box = this.inner.getBoundingClientRect();
    this.pick(((event.clientX - box.left) / box.width) * this.backdrop.width, ((event.clientY - box.top) / box.height) * this.backdrop.height);
  }

  pick(x, y) {
    const { width, height } = this.backdrop;
    this.at = [Math.max(0, Math.min(width, x)), Math.max(0, Math.min(height, y))];
    this.picked({ x: this.at[0], y: this.at[1] });
  }

  // Arrows move a cross hair over the picture, + and - come closer and go away, Space points.
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = ARROWS[event.key];
    if (way) this.shift(way, event.shiftKey ? 10 : 1);
    else if (event.key === " " || event.key === "Enter") this.pick(...this.at);
    else if (event.key === "+" || event.key === "=") this.closer(1);
    else if (event.key === "-") this.closer(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  shift([dx, dy], times) {
    const { width, height } = this.backdrop;
    const step = (width * STEP * times) / ZOOMS[this.zoom];
    this.at = [Math.max(0, Math.min(width, this.at[0] + dx * step)), Math.max(0, Math.min(height, this.at[1] + dy * step))];
    this.intoView();
  }

  intoView() {
    this.put(this.cross, ...this.at);
    this.cross.hidden = document.activeElement !== this.box;
    const [x, y] = [(this.at[0] / this.backdrop.width) * this.inner.clientWidth, (this.at[1] / this.backdrop.height) * this.inner.clientHeight];
    this.box.scrollTo(x - this.box.clientWidth / 2, y - this.box.clientHeight / 2);
  }
}
