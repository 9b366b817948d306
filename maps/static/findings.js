// What the check found: a list that can be walked with the keyboard, and the same things on the map.
// Severity is a shape and a word as well as a colour.

import { el, stored, svg } from "./dom.js";
import { area, latLng, path } from "./shapes.js";

const ORDER = ["blocking", "warning", "note"];
const AT_ONCE = 50;
const OUTLINED = { weight: 2.5, fillOpacity: 0.07 };
const OUTLINES = { note: { weight: 1.2, dashArray: "5 4", fillOpacity: 0.03 } }; // what nobody has to act on steps back
const SHAPES = {
  blocking: "M6 1H14L19 6V14L14 19H6L1 14V6Z",
  warning: "M10 1.5L19.2 18H.8Z",
  note: "M10 1A9 9 0 1 1 9.99 1Z",
};

export function severityIcon(severity, colour) {
  const mark = severity === "note" ? "M9 8.5h2V15H9zM9 5h2v2H9z" : "M9 5.5h2v7H9zM9 14h2v2H9z";
  return svg("svg", { viewBox: "0 0 20 20", width: 18, height: 18, class: "severity", "aria-hidden": "true" },
    svg("path", { d: SHAPES[severity], fill: colour, stroke: "#fff", "stroke-width": 1.4 }),
    svg("path", { d: mark, fill: "#fff" }));
}

export class Findings {
  constructor({ map, data, state, language, popups, drill, territory }) {
    Object.assign(this, { map, state, language, popups, drill, territory, colours: data.palette.severity, rows: data.findings, titles: data.titles });
    this.exceptions = new Map(data.headlines.map((one) => [one.name, new Set(one.exceptions)]));
    this.layer = L.featureGroup();
    this.chosen = L.featureGroup().addTo(map);
    if (this.rows) this.drawMarks();
    state.on(["at", "severity", "only"], () => this.rows && this.drawMarks());
  }

  // Those of the place that is looked at, of the severity and headline that are chosen.
  wanted() {
    const here = this.drill.here;
    const [severity, only] = [this.state.get("severity"), this.exceptions.get(this.state.get("only"))];
    return this.rows.filter((row) => (!severity || row.severity === severity) && (!only || only.has(row.code)) &&
      (here.i === 0 || row.places.some((i) => this.territory.inside(this.territory.rows[i], here))));
  }

  drawMarks() {
    this.layer.clearLayers();
    this.chosen.clearLayers();
    const marks = L.markerClusterGroup({
      animate: false, // marks that fly apart while the map zooms cost it a tenth of a second
      showCoverageOnHover: false, maxClusterRadius: 48, disableClusteringAtZoom: 18,
      iconCreateFunction: (cluster) => this.gathered(cluster),
    });
    for (const row of this.wanted()) {
      // Grids out of bounds are coloured and patterned already; a mark on each would hide everything else.
      if (!row.at || row.code.startsWith("size-")) continue;
      marks.addLayer(L.marker(latLng(row.at), {
        row, keyboard: false,
        icon: L.divIcon({ className: "mark", html: severityIcon(row.severity, this.colours[row.severity]), iconSize: [20, 20] }),
      }).on("click", () => this.choose(row)));
      if (row.areas.length + row.lines.length) this.outline(row, OUTLINES[row.severity] ?? OUTLINED).addTo(this.layer);
    }
    marks.addTo(this.layer);
  }

  outline(row, style) {
    const look = { pane: "findings", interactive: false, color: this.colours[row.severity], ...style };
    return L.featureGroup([
      ...(row.areas.length ? [L.polygon(area(row.areas), look)] : []),
      ...(row.lines.length ? [L.polyline(row.lines.map(path), look)] : []),
      ...row.points.map((point) => L.circleMarker(path(point)[0], { ...look, radius: 9, fill: false })),
    ]);
  }

  gathered(cluster) {
    const severities = cluster.getAllChildMarkers().map((marker) => marker.options.row.severity);
    const worst = ORDER.find((severity) => severities.includes(severity));
    const html = el("div", { class: "marks-in" }, severityIcon(worst, this.colours[worst]),
      el("span", { text: String(cluster.getChildCount()) }), el("span", { class: "unseen", text: this.language.t("sign-finding", { severity: this.language.t(`severity-${worst}`) }) }));
    return L.divIcon({ className: `marks marks-${worst}`, html, iconSize: [44, 24] });
  }

  choose(row) {
    this.chosen.clearLayers();
    if (!row.at) return;
    const shape = this.outline(row, { pane: "chosen", weight: 5, fillOpacity: 0.35 }).addTo(this.chosen);
    const bounds = shape.getBounds();
    if (bounds.isValid()) this.map.fitBounds(bounds, { maxZoom: 17, padding: [60, 60], animate: false });
    this.popups.finding(row, latLng(row.at));
  }

  render(parent) {
    const { language } = this;
    parent.replaceChildren();
    if (!this.rows) return parent.append(el("p", { class: "quiet", text: language.t("findings-unchecked") }));
    if (!this.rows.length) return parent.append(el("p", { class: "quiet good", text: language.t("findings-none") }));
    if (this.exceptions.has(this.state.get("only"))) parent.append(this.narrowed());
    const groups = [...this.groups()];
    for (const [code, rows] of groups) parent.append(this.group(code, rows));
    if (!groups.length) parent.append(el("p", { class: "quiet good", text: language.t("findings-none") }));
    return parent;
  }

  narrowed() {
    const { language } = this;
    return el("p", { class: "narrowed" },
      el("span", { text: language.t("exceptions-of", { name: language.t(this.state.get("only")) }) }),
      el("button", { type: "button", class: "more", text: language.t("findings-all"), on: { click: () => this.state.set({ only: "" }) } }));
  }

  groups() {
    const groups = new Map();
    const wanted = this.wanted();
    for (const severity of ORDER)
      for (const row of wanted) {
        if (row.severity !== severity) continue;
        const key = `${severity} ${row.code}`;
        if (!groups.has(key)) groups.set(key, []);
        groups.get(key).push(row);
      }
    return groups;
  }

  group(key, rows) {
    const { language } = this;
    const [severity, code] = key.split(" ");
    const list = el("ul");
    const head = el("summary", {}, severityIcon(severity, this.colours[severity]), el("span", { class: "group-name", text: this.titles[language.lang][code] }),
      el("span", { class: "group-count", text: language.number(rows.length) }),
      el("span", { class: "unseen", text: language.t(`severity-${severity}`) }));
    const group = el("details", { class: "group" }, head, list);
    group.addEventListener("toggle", () => list.childElementCount || this.more(list, rows, 0));
    return group;
  }

  more(list, rows, from) {
    for (const row of rows.slice(from, from + AT_ONCE))
      list.append(el("li", {}, el("button", { type: "button", class: "finding", on: { click: () => this.choose(row) } },
        stored(row.say[this.language.lang]))));
    const rest = rows.length - from - AT_ONCE;
    if (rest <= 0) return;
    const next = el("button", { type: "button", class: "more", text: this.language.t("more", { count: rest }), on: {
      click: () => {
        next.parentElement.remove();
        this.more(list, rows, from + AT_ONCE);
        list.children[from + AT_ONCE].querySelector("button").focus();
      } } });
    list.append(el("li", {}, next));
  }
}
