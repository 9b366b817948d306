// 描图: what a planner adds to the ground: buildings put where they stand, a map laid under, roads and outlines drawn.
import { TraceRows } from "./traceRows.js";

export class Tracing {
  // refreshed: what else on the page shows the ground (tiles of buildings, roads).
  constructor(kit) {
    this.rows = new TraceRows(kit);
    this.tools = { ...this.rows.tools };
    this.box = kit.at("trace");
    this.box.addEventListener("toggle", () => this.box.open && this.read().catch(kit.failed));
    kit.bench.on("opened", () => this.box.open && this.read().catch(kit.failed));
  }

  // The hand, once there is one: it takes the tools of this panel.
  held(hand) {
    this.rows.hand = hand;
  }

  read() {
    return this.rows.read();
  }

  open() {
    this.box.open = true;
    this.box.querySelector("summary").focus();
  }
}
