// Sea, land and coast line, in the level of detail that the zoom needs; beyond the data everything fades away.

const BEYOND_DEG = 1; // land reaches this far past the box (zones.coast.MARGIN_DEG)

const outlines = Object.entries(data.coast)
  .map(([name, text]) => ({ zoom: Number(name.slice(1)), text, rings: null }))
  .sort((one, other) => one.zoom - other.zoom);

// Returns rings in world coordinates, unpacked when first needed.
function outlineAt(zoom) {
  const level = outlines.find((candidate) => zoom <= candidate.zoom) || outlines[outlines.length - 1];
  if (!level) return [];
  level.rings ||= unpackRings(level.text).map(toWorld);
  return level.rings;
}

function toWorld(ring) {
  const x = ring.lon.map(worldX);
  const y = ring.lat.map(worldY);
  return { x, y, ...boxOf(x, y) };
}

// The frame that the land was clipped with, in world coordinates.
const frame = {
  west: worldX(data.box[0] - BEYOND_DEG),
  south: worldY(data.box[1] - BEYOND_DEG),
  east: worldX(data.box[2] + BEYOND_DEG),
  north: worldY(data.box[3] + BEYOND_DEG),
};

// Whether a line between two points runs along that frame: it is no coast.
function alongFrame(ring, i, j) {
  const near = 1e-4; // world units, 15 m
  const same = (values, edge) => Math.abs(values[i] - edge) < near && Math.abs(values[j] - edge) < near;
  return (
    same(ring.x, frame.west) || same(ring.x, frame.east) || same(ring.y, frame.south) || same(ring.y, frame.north)
  );
}

// Adds a ring to a path in pixels, leaving out points that would fall on the pixel before.
function traceRing(path, ring, screen, isCut) {
  const { scale, left, top } = screen;
  const { x, y } = ring;
  let beforeX = NaN, beforeY = NaN, before = x.length - 1;
  for (let i = 0; i < x.length; i++) {
    const px = x[i] * scale - left, py = y[i] * scale - top;
    if (Math.abs(px - beforeX) + Math.abs(py - beforeY) < 0.8) continue;
    if (i === 0 || (isCut && isCut(ring, before, i))) path.moveTo(px, py);
    else path.lineTo(px, py);
    [beforeX, beforeY, before] = [px, py, i];
  }
  if (!isCut) path.closePath();
  else if (!isCut(ring, before, 0)) path.lineTo(x[0] * scale - left, y[0] * scale - top);
}

// Returns the land to fill and the coast to stroke, as far as they show.
function coastPaths(screen) {
  const land = new Path2D(), line = new Path2D();
  for (const ring of outlineAt(screen.zoom)) {
    if (!boxShows(screen, ring, 40)) continue;
    traceRing(land, ring, screen);
    traceRing(line, ring, screen, alongFrame);
  }
  return { land, line };
}

function drawSea(context, screen, coast) {
  context.fillStyle = ink.sea;
  context.fillRect(0, 0, screen.width, screen.height);
  context.strokeStyle = ink.shallow;
  const spread = Math.max(0.3, Math.min(1.2, (screen.zoom - 4) / 5));
  for (const width of [28, 15, 6]) {
    context.lineWidth = width * spread;
    context.stroke(coast.line);
  }
}

function drawLand(context, coast) {
  context.fillStyle = ink.land;
  context.fill(coast.land, "evenodd");
  context.strokeStyle = ink.coast;
  context.lineWidth = 1;
  context.stroke(coast.line);
}

// Fades what lies past the box, so that the end of the data is not taken for a coast.
function drawFade(context, screen) {
  const [west, south, east, north] = data.box;
  const outer = {
    west: frame.west * screen.scale - screen.left, east: frame.east * screen.scale - screen.left,
    north: frame.north * screen.scale - screen.top, south: frame.south * screen.scale - screen.top,
  };
  const inner = {
    west: worldX(west) * screen.scale - screen.left, east: worldX(east) * screen.scale - screen.left,
    north: worldY(north) * screen.scale - screen.top, south: worldY(south) * screen.scale - screen.top,
  };
  fadeSide(context, screen, inner.west, outer.west, true);
  fadeSide(context, screen, inner.east, outer.east, true);
  fadeSide(context, screen, inner.north, outer.north, false);
  fadeSide(context, screen, inner.south, outer.south, false);
  hatchBeyond(context, screen, outer);
}

// Hatches where nothing is drawn: neither land nor sea.
function hatchBeyond(context, screen, outer) {
  const path = new Path2D();
  path.rect(0, 0, screen.width, screen.height);
  path.rect(outer.west, outer.north, outer.east - outer.west, outer.south - outer.north);
  for (const fill of [ink.void, hatching(context, screen, ink.grid, 12)]) {
    context.fillStyle = fill;
    context.fill(path, "evenodd");
  }
}

// Fades from clear at `from` to nothing at `to` and on to the end of the screen, across or down.
function fadeSide(context, screen, from, to, across) {
  const end = across ? screen.width : screen.height;
  const far = to < from ? Math.min(0, to) : Math.max(end, to);
  const [low, high] = [Math.max(0, Math.min(from, far)), Math.min(end, Math.max(from, far))];
  if (low >= high) return;
  const fade = across ? context.createLinearGradient(from, 0, to, 0) : context.createLinearGradient(0, from, 0, to);
  fade.addColorStop(0, ink.void + "00"); // "transparent" is black, and would grey a light map
  fade.addColorStop(1, ink.void);
  context.fillStyle = fade;
  if (across) context.fillRect(low, 0, high - low, screen.height);
  else context.fillRect(0, low, screen.width, high - low);
}
