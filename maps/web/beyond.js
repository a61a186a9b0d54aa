// Says where coast is known, once the view or a track leaves it: an empty sea there is only one that is not drawn.

const EDGE_DEG = 0.5; // land fades over a degree; up to half of it the coast is seen well

function isDrawn(west, south, east, north) {
  const [left, low, right, high] = data.box;
  return west >= left - EDGE_DEG && south >= low - EDGE_DEG && east <= right + EDGE_DEG && north <= high + EDGE_DEG;
}

const strays = vessels.some(({ box }) => !isDrawn(lonOf(box.west), latOf(box.south), lonOf(box.east), latOf(box.north)));

function drawnText() {
  const [west, south, east, north] = data.box;
  const across = degreeText(west, "E", "W") + "–" + degreeText(east, "E", "W");
  return "Coast drawn only for " + degreeText(south, "N", "S") + "–" + degreeText(north, "N", "S") + ", " + across;
}

function noteBeyond({ scale, left, top, width, height }) {
  const seen = [lonOf(left / scale), latOf((top + height) / scale), lonOf((left + width) / scale), latOf(top / scale)];
  setText(byId("beyond"), drawnText());
  byId("beyond").hidden = !strays && isDrawn(...seen);
}
