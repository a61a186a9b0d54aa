// What the page shows first: everything heard and raised, and round it what is drawn rather than what is not.

const AIR = 0.08; // of the span, so that nothing lies on the edge
const CLOSEST_ZOOM = 11;

// Everything worth looking at: positions and placed alerts, else the whole box.
function bounds() {
  if (data.chart) return chartBounds();
  const found = L.latLngBounds([]);
  for (const { box, from, to } of vessels) {
    if (to > from) found.extend([latOf(box.south), lonOf(box.west)]).extend([latOf(box.north), lonOf(box.east)]);
  }
  for (const alert of alerts.filter((one) => one.placed)) {
    for (const spot of [alert.first, alert.latest]) found.extend([spot.lat, spot.lon]);
  }
  return found.isValid() ? found : drawnBounds();
}

function drawnBounds() {
  const [west, south, east, north] = data.box;
  return L.latLngBounds([south, west], [north, east]);
}

// Where the reader may go: the box and whatever lies outside it, with a little air.
function limits(all) {
  return drawnBounds().extend(all).pad(0.2);
}

function showAll(map, all) {
  const wanted = all.pad(AIR);
  const zoom = Math.min(CLOSEST_ZOOM, map.getBoundsZoom(wanted));
  const half = map.getSize().divideBy(2);
  const [need, drawn] = [wanted, drawnBounds()].map((area) => pixelBox(map, area, zoom));
  const x = middleOf(need.min.x, need.max.x, drawn.min.x, drawn.max.x, half.x);
  const y = middleOf(need.min.y, need.max.y, drawn.min.y, drawn.max.y, half.y);
  map.setView(map.unproject([x, y], zoom), zoom, { reset: true });
}

function pixelBox(map, area, zoom) {
  return L.bounds(map.project(area.getNorthWest(), zoom), map.project(area.getSouthEast(), zoom));
}

// Returns the middle of what is needed, moved into what is drawn as far as all that is needed stays in view.
function middleOf(low, high, drawnLow, drawnHigh, half) {
  const within = between((low + high) / 2, drawnLow + half, drawnHigh - half);
  return between(within, high - half, low + half);
}

function between(value, low, high) {
  return low > high ? (low + high) / 2 : Math.max(low, Math.min(high, value));
}
