// What lies above what. Leaflet's own: tiles 200, heat 400, markers 600, popups 700.

const PANES = {
  regions: 300,
  grids: 380,
  ground: 390,
  backdrop: 395,
  buildings: 410,
  borders: 420,
  roadnames: 425,
  communities: 430,
  findings: 440,
  chosen: 450,
  labels: 500,
};

export function makePanes(map) {
  for (const [name, order] of Object.entries(PANES)) {
    const pane = map.createPane(name);
    pane.style.zIndex = order;
    // Only grids take the mouse; what lies above them must let it through.
    if (name !== "grids") pane.style.pointerEvents = "none";
  }
}
