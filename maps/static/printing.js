// Paper: the map takes the width of the sheet while it is printed, and every subject is drawn.

export function printing({ map, drill, subjects }) {
  const paper = matchMedia("print");
  const settle = () => {
    const view = [map.getCenter(), map.getZoom()];
    map.invalidateSize({ animate: false, pan: false });
    if (paper.matches) map.fitBounds(drill.extent(drill.here) ?? drill.home, { animate: false, padding: [8, 8] });
    else map.setView(...view, { animate: false });
    subjects();
  };
  paper.addEventListener("change", settle);
}
