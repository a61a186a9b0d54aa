// Zones: departure coasts amber, dashed and hatched; arrival coasts blue; the user's own violet; ports and the like small.

const zones = data.zones.map((zone) => {
  const rings = unpackRings(zone.rings).map(toWorld);
  return { ...zone, shape: rings, box: rings.length ? boxAround(rings) : null };
});
const COASTS = { departure: "departure", arrival: "arrival", user: "user" }; // drawn at any zoom, as the layer of that name
const SMALL_ZOOM = 8; // below it a 2 nm circle is a blot
const edges = document.createElement("canvas");

function boxAround(rings) {
  return {
    west: Math.min(...rings.map((ring) => ring.west)), east: Math.max(...rings.map((ring) => ring.east)),
    north: Math.min(...rings.map((ring) => ring.north)), south: Math.max(...rings.map((ring) => ring.south)),
  };
}

function zonePath(zone, screen) {
  const path = new Path2D();
  for (const ring of zone.shape) traceRing(path, ring, screen);
  return path;
}

function zonesInView(screen) {
  return zones
    .filter((zone) => zone.box && boxShows(screen, zone.box, 4) && shows(COASTS[zone.kind] || "ports"))
    .map((zone) => ({ zone, path: zonePath(zone, screen) }));
}

function drawZones(context, screen, coast) {
  const found = zonesInView(screen);
  const coasts = found.filter(({ zone }) => COASTS[zone.kind]);
  fillCoasts(context, screen, coasts);
  strokeSeaward(context, screen, coasts, coast);
  if (screen.zoom >= SMALL_ZOOM) {
    for (const { zone, path } of found) if (!COASTS[zone.kind]) strokeSmall(context, path, zone);
  }
}

function fillCoasts(context, screen, coasts) {
  const hatch = hatching(context, screen, ink.departure, 9);
  for (const { zone, path } of coasts) {
    context.globalAlpha = zone.kind === "departure" ? 0.045 : 0.085; // hatched too, and two rings lie on each other
    context.fillStyle = ink[zone.kind];
    context.fill(path, "evenodd");
    if (zone.kind !== "departure") continue;
    context.globalAlpha = zone.ring === 24 ? 0.11 : 0.06;
    context.fillStyle = hatch;
    context.fill(path, "evenodd");
  }
  context.globalAlpha = 1;
}

// Strokes the outlines and rubs them out along the coast, where they would only double it.
function strokeSeaward(context, screen, coasts, coast) {
  const pen = fitCanvas(edges, screen.width, screen.height);
  for (const { zone, path } of coasts) {
    pen.globalAlpha = zone.ring === 12 && zone.kind === "departure" ? 0.45 : 0.8;
    pen.setLineDash(zone.kind === "departure" ? [7, 5] : []);
    pen.lineWidth = 1.3;
    pen.strokeStyle = ink[zone.kind];
    pen.stroke(path);
  }
  const roughNm = 0.2; // zones are simplified by 150 m, so their shore strays that far from the coast
  pen.globalAlpha = 1;
  pen.setLineDash([]);
  pen.globalCompositeOperation = "destination-out";
  pen.lineWidth = Math.max(5, 2 * roughNm * pixelsPerNm(screen, latOf((screen.top + screen.height / 2) / screen.scale)));
  pen.stroke(coast.line);
  pen.globalCompositeOperation = "source-over";
  context.drawImage(edges, 0, 0, screen.width, screen.height);
}

function strokeSmall(context, path, zone) {
  context.strokeStyle = ink.port;
  context.lineWidth = 1;
  context.setLineDash(zone.kind === "port" ? [] : [2, 3]);
  context.globalAlpha = 0.7;
  context.stroke(path);
  context.setLineDash([]);
  context.globalAlpha = 1;
}

// Returns where to write a zone's name: the point of a coarse net inside it that lies farthest from its outline.
function anchorOf(zone) {
  const NET = 20;
  let best = null, farthest = 0;
  for (let i = 0; i < NET * NET; i++) {
    const x = zone.box.west + ((zone.box.east - zone.box.west) * ((i % NET) + 0.5)) / NET;
    const y = zone.box.north + ((zone.box.south - zone.box.north) * (Math.floor(i / NET) + 0.5)) / NET;
    const distance = isInside(zone.shape, x, y) ? distanceToOutline(zone.shape, x, y) : 0;
    if (distance > farthest) [best, farthest] = [{ x, y }, distance];
  }
  return best;
}

function distanceToOutline(rings, x, y) {
  let nearest = Infinity;
  for (const ring of rings) {
    for (let i = 0; i < ring.x.length; i++) nearest = Math.min(nearest, (ring.x[i] - x) ** 2 + (ring.y[i] - y) ** 2);
  }
  return nearest;
}

// Returns the zone of an id, if the map has it.
function zoneOf(id) {
  return zones.find((zone) => zone.id === id) || null;
}

// Returns the zones round a place, the smallest first.
function zonesAt(x, y) {
  return zones
    .filter(({ box }) => box && x >= box.west && x <= box.east && y >= box.north && y <= box.south)
    .filter((zone) => isInside(zone.shape, x, y))
    .sort((one, other) => areaOf(one.box) - areaOf(other.box));
}

function areaOf(box) {
  return (box.east - box.west) * (box.south - box.north);
}

// Even-odd rule over all rings.
function isInside(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.x.length - 1; i < ring.x.length; j = i++) {
      if (ring.y[i] > y === ring.y[j] > y) continue;
      const cross = ring.x[i] + ((y - ring.y[i]) / (ring.y[j] - ring.y[i])) * (ring.x[j] - ring.x[i]);
      if (x < cross) inside = !inside;
    }
  }
  return inside;
}
