// The part of the map that is seen, and its place in the address.

const DIGITS = 5;
const EDGE_PX = 20;

export function frame(map, data) {
  if (!data.bounds) {
    map.setView([35, 105], 4);
    return map.getBounds();
  }
  const [west, south, east, north] = data.bounds;
  const home = L.latLngBounds([south, west], [north, east]);
  map.fitBounds(home, { padding: [12, 12] });
  map.setMinZoom(Math.max(2, Math.floor(map.getZoom()) - 4)); // whole: else marks that lie alone are never drawn (markercluster)
  return home;
}

// Fits something between what lies over the map: the legend at its side (below, on a phone), the months below.
export function fit(map, box) {
  const frame = map.getContainer().getBoundingClientRect();
  const [legend, timeline] = ["legend", "timeline"].map((id) => document.getElementById(id).getBoundingClientRect());
  const narrow = matchMedia("(max-width: 720px)").matches;
  const right = narrow || !legend.width ? 0 : frame.right - legend.left;
  const lower = [timeline, narrow && legend].filter((one) => one && one.height).map((one) => frame.bottom - one.top);
  const room = [Math.min(right, frame.width / 2), Math.min(Math.max(0, ...lower), frame.height / 2)];
  map.fitBounds(box, { paddingTopLeft: [EDGE_PX, EDGE_PX], paddingBottomRight: room.map((px) => px + EDGE_PX), maxZoom: 17.5, animate: false });
}

// A link shows what its sender saw; "back" returns to where one was.
export function followView({ map, state, drill }) {
  const apply = () => {
    const [lat, lng, zoom] = state.get("view").split(",").map(Number);
    if ([lat, lng, zoom].every(Number.isFinite) && Math.abs(lat) <= 90) map.setView([lat, lng], zoom, { animate: false });
    else drill.fit();
  };
  apply();
  let settled = said(map);
  state.on(["view"], () => state.get("view") !== settled && state.get("view") && apply());
  map.on("moveend", () => {
    const now = said(map);
    if (now === settled) return;
    settled = now;
    state.set({ view: now }, { push: false });
  });
}

function said(map) {
  const { lat, lng } = map.getCenter();
  return [lat.toFixed(DIGITS), lng.toFixed(DIGITS), map.getZoom()].join(",");
}

export function zoomButtons({ map, language }) {
  const control = L.control.zoom({ position: "topright" }).addTo(map);
  language.onChange(() => {
    for (const [button, key] of [[control._zoomInButton, "zoom-in"], [control._zoomOutButton, "zoom-out"]]) {
      button.title = language.t(key);
      button.setAttribute("aria-label", language.t(key));
    }
  });
}
