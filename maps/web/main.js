// Puts the parts together: ground below, traffic above it, distress on top.

const map = voi_map; // made by the folium shell

const ground = new CanvasLayer("voi-ground", 200, (context, screen) => {
  const coast = coastPaths(screen);
  drawSea(context, screen, coast);
  drawZones(context, screen, coast);
  drawLand(context, coast);
  const numbers = drawGraticule(context, screen);
  drawFade(context, screen);
  writeNumbers(context, screen, numbers);
  noteBeyond(screen);
  showScale(screen);
});

const traffic = new CanvasLayer("voi-traffic", 400, (context, screen) => {
  drawTracks(context, screen);
  drawVessels(context, screen);
  drawAlerts(context, screen);
  drawLabels(context, screen);
  placeBeacons(map, screen);
});

function openView(all) {
  const link = readLink();
  if (link.light) setLight(true);
  if (link.view) map.setView(link.view.slice(0, 2), link.view[2], { reset: true });
  else showAll(map, all);
  if (link.time !== null) moveTo(link.time);
  if (link.alert || link.vessel) {
    showTab(link.alert ? "alerts" : "vessels");
    change("choice", { alert: link.alert, vessel: link.vessel || vesselOf.get(link.alert.mmsi) || null });
  }
  return Boolean(link.view);
}

// Goes to what was chosen: close enough to see it, never further out than the reader is.
function goToChoice() {
  const place = state.vessel && whereabouts(state.vessel, state.time);
  const zoom = Math.max(map.getZoom(), 9);
  if (state.alert && state.alert.placed) map.setView([spotOf(state.alert).lat, spotOf(state.alert).lon], zoom);
  else if (place) map.setView([latOf(place.y), lonOf(place.x)], zoom);
}

// Drawn at once: the browser shows the new size in this very frame.
function followSize() {
  map.invalidateSize();
  for (const layer of [ground, traffic]) layer.redraw();
  drawHistogram();
}

function wireSheet() {
  byId("sheet").addEventListener("click", () => {
    const folded = document.body.classList.toggle("folded");
    byId("sheet").setAttribute("aria-expanded", String(!folded));
    byId("sheet").textContent = folded ? "Show lists" : "Hide lists";
  });
}

function greet() {
  const distress = alerts.filter(isDistress);
  if (distress.length) say(countText(distress.length, "distress signal: ", "distress signals: ") + spoken(distress[0]), true);
}

function wireTraffic() {
  wirePanel();
  wireSlider();
  wireKeys(map);
}

function openPage() {
  document.documentElement.classList.toggle("chart", data.chart);
  fillHead();
  if (data.chart) fillChart(map);
  else wireTraffic();
  wireLegend();
  wirePointer(map);
  wirePrint(map, followSize);
  wireSheet();
  map.createPane("voi-beacons").style.zIndex = 390;
  map.invalidateSize(); // the head has been filled since the shell made the map
  const all = bounds();
  map.setMinZoom(Math.max(2, Math.min(5, map.getBoundsZoom(limits(all)))));
  const linked = openView(all);
  map.options.maxBoundsViscosity = 0.8;
  map.setMaxBounds(limits(all)); // after the view: before it, Leaflet would start to pan the old one into the limits
  ground.addTo(map);
  traffic.addTo(map);
  on("time choice", () => traffic.ask());
  on("layers", () => [ground, traffic].forEach((layer) => layer.ask()));
  on("choice", goToChoice);
  new ResizeObserver(followSize).observe(map.getContainer());
  if (!linked) goToChoice();
  wireLink(map);
  greet();
}

openPage();
requestAnimationFrame(() => {
  account.opened = Math.round(performance.now());
  account.requests = performance.getEntriesByType("resource").length;
});
