// The pointer and the cross hair of the keyboard, which both drive the tool in hand.
import { el } from "../dom.js";
import { TOOLS } from "./tools.js";

const STEP_PX = 8;
const STRIDE_PX = 40;
const DRAG_PX = 5;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Hand {
  constructor(map, kit) {
    Object.assign(this, { map, box: map.getContainer(), held: null });
    this.tools = Object.fromEntries(Object.entries(TOOLS).map(([name, Kind]) => [name, new Kind({ map, ...kit })]));
    for (const [name, { Kind, kit: own }] of Object.entries(kit.more)) this.tools[name] = new Kind({ map, ...kit, ...own });
    this.changed = kit.toolChanged;
    this.cross = el("div", { class: "cross", hidden: true, "aria-hidden": "true" });
    this.box.append(this.cross);
    this.take("pick");
    for (const [event, act] of Object.entries({ pointerdown: "down", pointermove: "moved", pointerup: "up", pointercancel: "lost" }))
      this.box.addEventListener(event, (told) => this[act](told));
    this.box.addEventListener("dblclick", () => this.tool.finish());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => (this.cross.hidden = true));
    map.doubleClickZoom.disable();
    map.boxZoom.disable();
    map.keyboard.disable(); // arrows move the cross hair
  }

  take(name) {
    this.tool?.cancel();
    this.name = name;
    this.tool = this.tools[name];
    this.penDown = false;
    if (this.tool.draws) this.map.dragging.disable();
    else this.map.dragging.enable();
    this.box.dataset.tool = name;
    this.changed(name);
  }

  where(event) {
    return this.map.mouseEventToLatLng(event);
  }

  down(event) {
    if (event.button || event.target.closest(".leaflet-control, button, input, a")) return;
    if (this.held) return this.lost(); // a second finger: the map is pinched, nothing is drawn
    this.held = { x: event.clientX, y: event.clientY, dragged: false };
    if (this.tool.draws) this.tool.press(this.where(event));
  }

  moved(event) {
    if (this.held && Math.hypot(event.clientX - this.held.x, event.clientY - this.held.y) > DRAG_PX) this.held.dragged = true;
    if (this.held && !this.tool.draws && this.held.dragged) return; // the map is being moved
    this.tool.move(this.where(event), Boolean(this.held));
  }

  up(event) {
    const { held } = this;
    this.held = null;
    if (!held) return;
    if (this.tool.draws) this.tool.release(this.where(event), held.dragged);
    else if (!held.dragged) this.tool.press(this.where(event));
  }

  lost() {
    this.held = null;
    this.tool.cancel();
  }

  // Arrows move the cross hair (Shift: in strides), Space is a press; with the brush it stays down until the next.
  key(event) {
    if (event.target !== this.box || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = ARROWS[event.key];
    if (way) this.shift(L.point(way).multiplyBy(event.shiftKey ? STRIDE_PX : STEP_PX));
    else if (event.key === " ") this.space();
    else if (event.key === "Enter") this.tool.finish(this.spot());
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  spot() {
    return this.map.containerPointToLatLng(this.at ?? this.map.getSize().divideBy(2));
  }

  shift(by) {
    const size = this.map.getSize();
    const wanted = (this.at ?? size.divideBy(2)).add(by);
    const kept = L.point(Math.max(30, Math.min(size.x - 30, wanted.x)), Math.max(30, Math.min(size.y - 30, wanted.y)));
    if (!kept.equals(wanted)) this.map.panBy(wanted.subtract(kept).multiplyBy(6), { animate: false });
    this.place(kept);
    this.tool.move(this.spot(), this.penDown);
  }

  place(at) {
    this.at = at;
    this.cross.hidden = false;
    this.cross.style.transform = `translate(${at.x}px, ${at.y}px)`;
  }

  space() {
    this.place(this.at ?? this.map.getSize().divideBy(2));
    const here = this.spot();
    if (this.name !== "brush") {
      this.tool.press(here);
      return;
    }
    this.penDown = !this.penDown;
    if (this.penDown) this.tool.press(here);
    else this.tool.release(here, true);
    this.cross.classList.toggle("down", this.penDown);
  }

  cancel() {
    this.penDown = false;
    this.cross.classList.remove("down");
    this.tool.cancel();
  }

  focus() {
    this.box.focus();
    this.place(this.at ?? this.map.getSize().divideBy(2));
  }
}
