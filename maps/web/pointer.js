// What lies under the pointer, and choosing it.

function wirePointer(map) {
  map.on("click", (event) => pick(map, event.containerPoint));
  map.on("mousemove", (event) => {
    const screen = screenOf(map);
    const { x, y } = event.containerPoint;
    const hit = alertAt(screen, x, y) || vesselAt(screen, x, y);
    map.getContainer().classList.toggle("over", Boolean(hit));
    byId("readout").textContent = readoutText(screen, x, y, hit);
  });
  map.on("mouseout", () => (byId("readout").textContent = ""));
}

function pick(map, point) {
  const screen = screenOf(map);
  const alert = alertAt(screen, point.x, point.y);
  if (alert) chooseAlert(alert);
  else chooseVessel(vesselAt(screen, point.x, point.y));
}

function readoutText(screen, px, py, hit) {
  const x = (px + screen.left) / screen.scale, y = (py + screen.top) / screen.scale;
  const around = zonesAt(x, y).slice(0, 2).map((zone) => zoneText(zone));
  const what = hit ? ["headline" in hit ? spoken(hit) : nameOf(hit)] : [];
  return [placeText(latOf(y), lonOf(x)), ...what, ...around].join(" · ");
}

function zoneText(zone) {
  return zone.name + " (" + zone.kind + (zone.ring ? " " + zone.ring + " nm" : "") + ")";
}
