// A scanned map or screenshot laid under the linework by control points: pointed at on the picture, then on the map.
import { el } from "../dom.js";
import { FittedImage } from "./fittedImage.js";
import { Picture } from "./picture.js";
import { Tool } from "./tools.js";


const MOST_BYTES = 20_000_000; // as data/readers/images.py
const DATUMS = ["wgs84", "cgcs2000", "gcj02", "bd09"];

class Control extends Tool {
  press(latlng) {
    return this.meet(latlng);
  }
}

export class TraceImage {
  constructor(kit) {
    const { at, map } = kit;
    Object.assign(this, kit, { backdrops: [], shown: null, next: null });
    this.select = at("trace-sheets");
    this.file = at("trace-file");
    this.slider = at("trace-opacity");
    this.picture = new Picture(at("trace-sheet"), { picked: (pixel) => this.picked(pixel) });
    this.pins = L.layerGroup().addTo(map);
    this.tools = { control: { Kind: Control, kit: { meet: ({ lng, lat }) => this.meet({ lng, lat, datum: "wgs84" }) } } };
    this.select.addEventListener("change", () => this.choose(Number(this.select.value)));
    this.slider.addEventListener("input", () => this.layer?.setOpacity(this.slider.value / 100));
    this.file.addEventListener("change", () => this.upload().catch(this.failed));
    at("trace-closer").addEventListener("click", () => this.picture.closer(1));
    at("trace-away").addEventListener("click", () => this.picture.closer(-1));
    at("trace-drop").addEventListener("click", () => this.remove().catch(this.failed));
    at("trace-to").addEventListener("click", () => this.show());
    at("trace-datum").append(...DATUMS.map((name) => el("option", { value: name, text: this.words.t(`datum-${name}`) })));
    at("trace-typed").addEventListener("submit", (event) => {
      event.preventDefault();
      this.typed();
    });
  }

  async read() {
    const codes = [...this.bench.drafts.values()].map((draft) => ["community", draft.plan.community_code]);
    this.backdrops = codes.length ? (await this.site.get(`/backdrops?${new URLSearchParams(codes)}`)).backdrops : [];
    this.choose(this.shown?.id ?? this.backdrops[0]?.id);
  }

  choose(id) {
    this.shown = this.backdrops.find((one) => one.id === id) ?? null;
    this.next = null;
    const none = el("option", { value: "", text: this.words.t(this.backdrops.length ? "trace-hide" : "trace-no-image") });
    this.select.replaceChildren(none, ...this.backdrops.map((one) => el("option", { value: one.id, text: one.name })));
    this.select.value = this.shown?.id ?? "";
    this.draw();
  }

  // An image as the server has it now, in the place of what was known of it.
  take(backdrop) {
    this.backdrops = [backdrop, ...this.backdrops.filter((one) => one.id !== backdrop.id)];
    this.choose(backdrop.id);
  }

  draw() {
    const { shown } = this;
    this.picture.show(shown);
    this.at("trace-image-acts").hidden = !shown;
    this.layer?.remove();
    this.layer = null;
    this.pins.clearLayers();
    this.at("trace-points").replaceChildren(...(shown?.points ?? []).map((one, i) => this.row(one, i)));
    this.fitted();
    if (!shown) return;
    shown.points.forEach(({ lng, lat }, i) => {
      const icon = L.divIcon({ className: "pin-at", html: el("b", { class: "pin-mark", text: String(i + 1) }), iconSize: [0, 0] });
      L.marker([lat, lng], { icon, interactive: false, keyboard: false, pane: "labels" }).addTo(this.pins);
    });
    if (!shown.fit) return;
    this.layer = new FittedImage({ address: shown.image, width: shown.width, height: shown.height, corners: shown.fit.corners }).addTo(this.map);
    this.layer.setOpacity(this.slider.value / 100);
  }

  fitted() {
    const t = (key, params) => this.words.t(key, params);
    const { fit, points } = this.shown ?? {};
    const line = this.at("trace-fit");
    if (!this.shown) return line.replaceChildren();
    if (!fit) return line.replaceChildren(t("trace-needs", { n: points.length }));
    const metres = (value) => this.words.decimal(value, value < 10 ? 2 : 1);
    const said = t(`trace-${fit.kind}`, { rms: metres(fit.rms_m), scale: metres(fit.metres_per_pixel) });
    return line.replaceChildren(said, ...fit.said.map((one) => el("em", { class: "wrong", text: `⚠ ${one}` })));
  }

  row(one, i) {
    const t = (key, params) => this.words.t(key, params);
    const missed = one.residual_m === null ? "" : t("metres-n", { n: this.words.decimal(one.residual_m, 2) });
    return el("tr", {}, el("th", { scope: "row", text: String(i + 1) }), el("td", { text: `${Math.round(one.x)}, ${Math.round(one.y)}` }),
      el("td", { text: `${one.lng.toFixed(6)}, ${one.lat.toFixed(6)}` }), el("td", { class: "n", text: missed }),
      el("td", {}, el("button", { type: "button", "aria-label": t("trace-drop-point", { n: i + 1 }), text: "✕", on: { click: () => this.drop(i) } })));
  }

  // First the picture, then the same spot on the map (or its coordinates, typed).
  picked(pixel) {
    this.next = pixel;
    this.picture.mark(this.shown.points, pixel);
    this.hand.take("control");
    this.said.tell(this.words.t("trace-now-map", { n: this.shown.points.length + 1 }));
    if (document.activeElement === this.picture.box) this.hand.focus();
  }

  meet(place) {
    if (!this.shown || !this.next) return this.said.tell(this.words.t("trace-first-picture"));
    return this.pin([...this.told(), { ...this.next, ...place }]);
  }

  typed() {
    const found = this.at("trace-lnglat").value.match(/-?\d+(?:\.\d+)?/g) ?? [];
    if (found.length !== 2) return this.said.say(this.words.t("trace-lnglat-form"), true);
    const [lng, lat] = found.map(Number);
    return this.meet({ lng, lat, datum: this.at("trace-datum").value });
  }

  drop(i) {
    return this.pin(this.told().filter((_, other) => other !== i));
  }

  told() {
    return this.shown.points.map(({ x, y, raw_lng, raw_lat, datum }) => ({ x, y, lng: raw_lng, lat: raw_lat, datum }));
  }

  async pin(points) {
    const { id, version } = this.shown;
    try {
      this.take(await this.site.post(`/backdrops/${id}/points`, { version, points, by: this.me() }));
      this.at("trace-lnglat").value = "";
      this.said.tell(this.words.t("trace-pinned", { n: points.length }));
    } catch (error) {
      if (["backdrop-stale", "backdrop-unknown"].includes(error.kind)) await this.read().catch(() => {});
      this.failed(error);
    }
  }

  async upload() {
    const [file] = this.file.files;
    const draft = this.bench.active;
    if (!file || !draft) return;
    if (file.size > MOST_BYTES) return this.said.say(this.words.t("trace-too-large"), true);
    this.said.tell(this.words.t("trace-sending"));
    const image = await base64(file);
    this.file.value = "";
    const made = await this.site.post("/backdrops", { community: draft.plan.community_code, name: file.name.slice(0, 100), image, by: this.me() });
    this.take(made);
    this.said.tell(this.words.t("trace-image-kept", { name: made.name }));
  }

  async remove() {
    const { shown } = this;
    if (!shown) return;
    const sure = await this.ask.fields(this.words.t("trace-drop-title", { name: shown.name }), [], this.words.t("trace-drop-note"));
    if (!sure) return;
    const by = this.me();
    await this.site.send(`/backdrops/${shown.id}${by ? `?${new URLSearchParams({ by })}` : ""}`, { method: "DELETE" });
    this.backdrops = this.backdrops.filter((one) => one !== shown);
    this.choose(this.backdrops[0]?.id);
    this.said.tell(this.words.t("trace-dropped", { name: shown.name }));
  }

  show() {
    const corners = this.shown?.fit?.corners;
    if (corners) this.map.fitBounds(corners.map(([lng, lat]) => [lat, lng]), { animate: false });
  }
}

function base64(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
}
