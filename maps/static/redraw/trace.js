// 描图: what a planner adds to the ground: buildings put where they stand, a map laid under, roads and outlines drawn.
import { TraceDraw } from "./traceDraw.js";
import { TraceImage } from "./traceImage.js";
import { TraceRows } from "./traceRows.js";

export class Tracing {
  // refreshed: shows again what else on the page shows the ground (tiles of buildings; with ``lines`` roads and rivers).
  constructor(kit) {
    this.parts = [TraceRows, TraceImage, TraceDraw].map((Part) => new Part(kit));
    this.tools = Object.assign({}, ...this.parts.map((part) => part.tools));
    this.box = kit.at("trace");
    this.failed = kit.failed;
    this.box.addEventListener("toggle", () => this.box.open && this.read());
    kit.bench.on("opened", (again) => !again && (this.box.open || !kit.bench.drafts.size) && this.read());
  }

  // The hand, once there is one: it takes the tools of this panel.
  held(hand) {
    for (const part of this.parts) part.hand = hand;
  }

  read() {
    for (const part of this.parts) part.read().catch(this.failed);
  }

  open() {
    this.box.open = true;
    this.box.querySelector("summary").focus();
  }
}
