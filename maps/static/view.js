// The part of the map that is seen, and its place in the address.

const DIGITS = 5;

export function frame(map, data) {
  if (!data.bounds) {
    map.setView([35, 105], 4);
    return map.getBounds();
  }
  const [west, south, east, north] = data.bounds;
  const home = L.latLngBounds([south, west], [north, east]);
  map.fitBounds(home, { padding: [12, 12] });
  map.setMinZoom(Math.max(2, map.getZoom() - 4));
  return home;
}

// A link shows what its sender saw; "back" returns to where one was.
export function followView({ map, state, drill }) {
  const apply = () => {
    const [lat, lng, zoom] = state.get("view").split(",").map(Number);
    if ([lat, lng, zoom].every(Number.isFinite) && Math.abs(lat) <= 90) map.setView([lat, lng], zoom, { animate: false });
    else drill.fit();
  };
  if (state.get("view") || state.get("at")) apply();
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
