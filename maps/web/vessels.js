// Vessels: colour tells the family, shape the state: an arrow moves, a circle lies still, a crossed ring is lost.

const VECTOR_MIN = 10; // minutes ahead that the course line reaches
const VECTOR_ZOOM = 9; // below it the line is shorter than the arrow

function glyphSize(screen) {
  const many = vessels.length > 400 ? 0.8 : 1;
  return many * Math.max(4.5, Math.min(9, 4.5 + (screen.zoom - 5) * 0.9));
}

function drawVessels(context, screen) {
  const size = glyphSize(screen);
  const shown = placesNow().filter((place) => isShown(place.vessel));
  for (const place of shown) if (!place.vessel.listed) drawVessel(context, screen, place, size);
  for (const place of shown) if (place.vessel.listed) drawVessel(context, screen, place, size * 1.25);
  context.globalAlpha = 1;
}

function drawVessel(context, screen, place, size) {
  const x = place.x * screen.scale - screen.left, y = place.y * screen.scale - screen.top;
  if (!onScreen(screen, x, y, 30)) return;
  const { vessel } = place;
  context.globalAlpha = place.age > HALF_S && !vessel.listed ? 0.55 : 1;
  if (place.moving && !place.lost && screen.zoom >= VECTOR_ZOOM) drawVector(context, screen, place, x, y);
  const shape = glyph(place, x, y, size);
  context.lineWidth = vessel.listed ? 5 : 3;
  context.strokeStyle = vessel === state.vessel ? ink.select : ink.halo;
  context.stroke(shape);
  context.strokeStyle = vessel.listed ? ink.listed : ink[vessel.paint];
  if (place.lost) return strokeLost(context, shape);
  context.fillStyle = ink[vessel.paint];
  context.fill(shape);
  if (!vessel.listed) return;
  context.lineWidth = 2.2;
  context.stroke(shape);
}

function strokeLost(context, shape) {
  context.lineWidth = 1.3;
  context.stroke(shape);
}

function glyph(place, x, y, size) {
  const path = new Path2D();
  if (place.lost) lostGlyph(path, x, y, size * 0.7);
  else if (place.moving && !isNaN(place.cog)) arrowGlyph(path, x, y, size, (place.cog * Math.PI) / 180);
  else if (isNaN(place.sog)) diamondGlyph(path, x, y, size * 0.8);
  else path.arc(x, y, size * 0.6, 0, 2 * Math.PI);
  return path;
}

function arrowGlyph(path, x, y, size, turn) {
  const [sine, cosine] = [Math.sin(turn), Math.cos(turn)];
  const corners = [[0, -1.35], [0.8, 1], [0, 0.55], [-0.8, 1]];
  corners.forEach(([right, back], i) => {
    const px = x + size * (right * cosine - back * sine), py = y + size * (right * sine + back * cosine);
    if (i) path.lineTo(px, py);
    else path.moveTo(px, py);
  });
  path.closePath();
}

function diamondGlyph(path, x, y, size) {
  path.moveTo(x, y - size);
  path.lineTo(x + size, y);
  path.lineTo(x, y + size);
  path.lineTo(x - size, y);
  path.closePath();
}

function lostGlyph(path, x, y, size) {
  path.arc(x, y, size, 0, 2 * Math.PI);
  path.moveTo(x - size * 1.3, y - size * 1.3);
  path.lineTo(x + size * 1.3, y + size * 1.3);
}

function drawVector(context, screen, place, x, y) {
  const length = (place.sog / 60) * VECTOR_MIN * pixelsPerNm(screen, latOf(place.y));
  const turn = (place.cog * Math.PI) / 180;
  context.strokeStyle = ink[place.vessel.paint];
  context.lineWidth = 1;
  drawLine(context, x, y, x + length * Math.sin(turn), y - length * Math.cos(turn));
}

// Returns the shown vessel nearest to a pixel, within reach of a finger.
function vesselAt(screen, px, py) {
  let best = null, nearest = 14;
  for (const place of placesNow()) {
    if (!isShown(place.vessel)) continue;
    const distance = Math.hypot(place.x * screen.scale - screen.left - px, place.y * screen.scale - screen.top - py);
    if (distance < nearest) [best, nearest] = [place.vessel, distance];
  }
  return best;
}
