// Roads, rivers and outlines that no file has: drawn point by point over the map, and the blocks cut along them.
import { el, stored } from "../dom.js";
import { polygons } from "./places.js";
import { Tool } from "./tools.js";
import { TraceEstate } from "./traceEstate.js";

const CATCH_PX = 12;
const STYLES = {
  road: { color: "#7a3e00", weight: 3, dashArray: "10 4" }, river: { color: "#005f8a", weight: 3, dashArray: "2 5" },
  estate: { color: "#5b2a86", weight: 2.5, dashArray: "8 3 2 3" }, outline: { color: "#3b3b3b", weight: 2, dashArray: "4 4" },
};
const AREAS = ["estate", "outline"];
const CLASSES = ["lane", "street", "arterial"];

// Point by point; Enter or a double click ends it, Backspace takes the last point back.
class Sketch extends Tool {
  points = [];

  press(latlng) {
    const at = this.snapped(latlng);
    const last = this.points.at(-1);
    if (last && last.lng === at.lng && last.lat === at.lat) return;
    this.points.push(at);
    this.line(this.points);
    this.say("trace-next");
  }

  move(latlng) {
    if (this.points.length) this.line([...this.points, latlng]);
  }

  back() {
    this.points.pop();
    this.line(this.points);
  }

  finish() {
    const { points } = this;
    this.cancel();
    if (points.length > 1) this.drawn(points);
  }

  cancel() {
    super.cancel();
    this.points = [];
  }

  // A corner of a block or of what was drawn, where one is near.
  snapped(latlng) {
    const at = this.map.latLngToContainerPoint(latlng);
    let [best, least] = [latlng, CATCH_PX];
    const [low, high] = [[-1, 1], [1, -1]].map(([x, y]) => this.map.containerPointToLatLng(at.add([x * CATCH_PX, y * CATCH_PX])));
    for (const [lng, lat] of this.corners()) {
      if (lng < low.lng || lng > high.lng || lat < low.lat || lat > high.lat) continue;
      const away = this.map.latLngToContainerPoint([lat, lng]).distanceTo(at);
      if (away < least) [best, least] = [{ lng, lat }, away];
    }
    return best;
  }
}

export class TraceDraw {
  constructor(kit) {
    const { at, map } = kit;
    Object.assign(this, kit, { traces: [] });
    this.estates = new TraceEstate(kit, () => this.read());
    this.layer = L.layerGroup().addTo(map);
    this.tools = { sketch: { Kind: Sketch, kit: { drawn: (points) => this.drawn(points), corners: () => this.corners() } } };
    this.kind = at("trace-kind");
    this.kind.append(...Object.keys(STYLES).map((name) => el("option", { value: name, text: this.words.t(`trace-${name}`) })));
    this.grade = at("trace-class");
    this.grade.append(...CLASSES.map((name) => el("option", { value: name, text: this.words.t(`trace-${name}`) })));
    this.kind.addEventListener("change", () => this.suit());
    this.suit();
    at("trace-name").placeholder = this.words.t("trace-name");
    at("trace-draw").addEventListener("click", () => {
      this.hand.take("sketch");
      this.hand.focus();
    });
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key !== "Backspace" || this.hand.name !== "sketch") return;
      event.preventDefault();
      this.hand.tool.back();
    });
  }

  suit() {
    this.at("trace-class-of").hidden = this.kind.value !== "road";
    this.at("trace-closed-of").hidden = !AREAS.includes(this.kind.value);
  }

  *corners() {
    for (const { geometry } of this.traces) yield* geometry.type === "Polygon" ? geometry.coordinates.flat() : geometry.coordinates;
    for (const draft of this.bench.drafts.values())
      for (const block of draft.blocks.values()) for (const rings of polygons(block.geometry)) for (const ring of rings) yield* ring;
  }

  async read() {
    const codes = [...this.bench.drafts.values()].map((draft) => ["community", draft.plan.community_code]);
    this.traces = codes.length ? (await this.site.get(`/traces?${new URLSearchParams(codes)}`)).traces : [];
    this.draw();
  }

  draw() {
    this.layer.clearLayers();
    for (const { kind, geometry } of this.traces)
      L.geoJSON(geometry, { style: { ...STYLES[kind], fill: false }, interactive: false, pane: "borders" }).addTo(this.layer);
    this.at("trace-drawn").replaceChildren(...this.traces.map((one) => this.row(one)));
  }

  row(one) {
    const t = (key, params) => this.words.t(key, params);
    const act = (key, act) => el("button", { type: "button", text: t(key), on: { click: () => act().catch(this.failed) } });
    return el("li", { "data-trace": one.id }, el("i", { class: `trace-mark ${one.kind}` }), el("span", {}, t(`trace-${one.kind === "road" ? one.line_class : one.kind}`), " ", one.name ? stored(one.name) : null),
      TraceEstate.names(one) ? act("trace-estate-name", () => this.estates.offer(one)) : null,
      one.given ? act("trace-estate-back", () => this.estates.back(one)) : null,
      act("trace-cut", () => this.cut(one)), act("show-place", async () => this.plot.show(one.geometry)), act("trace-remove", () => this.remove(one)));
  }

  async drawn(points) {
    const draft = this.bench.active;
    const kind = this.kind.value;
    const closed = AREAS.includes(kind) && this.at("trace-closed").checked;
    const body = {
      community: draft.plan.community_code, kind, line_class: kind === "road" ? this.grade.value : null, name: this.at("trace-name").value.trim() || null,
      points: points.map(({ lng, lat }) => [lng, lat]), closed, by: this.me(),
    };
    try {
      const made = await this.site.post("/traces", body);
      this.at("trace-name").value = "";
      this.traces = [made, ...this.traces];
      this.draw();
      this.said.tell(this.words.t("trace-kept", { what: this.words.t(`trace-${kind}`) }));
      this.refreshed({ lines: Boolean(made.line_class) });
      this.at("trace-drawn").querySelector("button")?.focus({ preventScroll: true });
      if (TraceEstate.names(made)) await this.estates.offer(made);
    } catch (error) {
      this.failed(error);
    }
  }

  // The blocks of open drafts along it, so that borders may follow it; nothing changes hands. Undone like any other step.
  async cut({ geometry }) {
    const line = geometry.type === "Polygon" ? geometry.coordinates[0] : geometry.coordinates;
    for (const draft of this.under(line)) await this.edit(draft, [{ op: "cut_blocks", blocks: null, line }]);
  }

  // The drafts that a line runs through; the one that is worked on where it runs through none.
  under(line) {
    const found = new Set();
    for (let i = 1; i < line.length; i++)
      for (let t = 0; t <= 1; t += 0.1) {
        const [[x, y], [u, v]] = [line[i - 1], line[i]];
        found.add(this.plot.at({ lng: x + (u - x) * t, lat: y + (v - y) * t })?.draft);
      }
    found.delete(undefined);
    return found.size ? found : [this.bench.active];
  }

  async remove(one) {
    const by = this.me();
    await this.site.send(`/traces/${one.id}${by ? `?${new URLSearchParams({ by })}` : ""}`, { method: "DELETE" });
    this.traces = this.traces.filter((other) => other !== one);
    this.draw();
    this.refreshed({ lines: Boolean(one.line_class) });
    this.said.tell(this.words.t("trace-removed"));
    this.at("trace-drawn").append(el("li", {}, el("span", { class: "soft", text: this.words.t("trace-removed") }),
      el("button", { type: "button", text: this.words.t("trace-restore"), on: { click: () => this.restore(one).catch(this.failed) } })));
  }

  async restore(one) {
    await this.site.post(`/traces/${one.id}/restore`, { by: this.me() });
    this.said.tell(this.words.t("trace-restored"));
    this.refreshed({ lines: Boolean(one.line_class) });
    return this.read();
  }
}
