// Labels: the most important first, each where nothing is in its way, or not at all.

const MOST_LABELS = 160;
const VESSEL_ZOOM = 8; // unlisted vessels are named from here on
const ZONE_ZOOM = 7;
const PLACE_ZOOM = [0, 0, 5.5, 6.5, 8, 9.5]; // by rank
const STYLES = {
  distress: { font: "bold 12px " + FONT, ink: "distress" },
  listed: { font: "bold 12px " + FONT, ink: "text" },
  vessel: { font: "11px " + FONT, ink: "text" },
  port: { font: "11px " + FONT, ink: "text-soft", dot: 2 },
  city: { font: "11px " + FONT, ink: "text-soft", dot: 2 },
  island: { font: "italic 11px " + FONT, ink: "text-soft", centre: true },
  departure: { font: "600 11px " + FONT, ink: "departure", centre: true },
  arrival: { font: "600 11px " + FONT, ink: "arrival", centre: true },
  user: { font: "600 11px " + FONT, ink: "user", centre: true },
  country: { font: "600 12px " + FONT, ink: "text-soft", spacing: "4px", centre: true, upper: true },
  sea: { font: "italic 12px " + FONT, ink: "arrival", spacing: "2px", centre: true },
};
const widths = new Map();

function drawLabels(context, screen) {
  if (!shows("labels")) return;
  const taken = obstacles(screen);
  let drawn = 0;
  for (const label of wantedLabels(screen)) {
    const x = label.x * screen.scale - screen.left, y = label.y * screen.scale - screen.top;
    if (!onScreen(screen, x, y, 0)) continue;
    const spot = freeSpot(context, label, x, y, taken, screen);
    if (!spot) continue;
    taken.push(spot);
    writeLabel(context, label, spot, x, y);
    if (++drawn === MOST_LABELS) break;
  }
  context.letterSpacing = "0px";
}

// Returns candidates in order of importance, in world coordinates.
function wantedLabels(screen) {
  if (data.chart) return [...zoneLabels(screen), ...placeLabels(screen, 1), ...smallLabels(screen), ...placeLabels(screen, 2)];
  const distress = distressLabels();
  const places = placesNow().filter((place) => isShown(place.vessel) && !isSaid(distress, place, screen));
  const gap = glyphSize(screen) * 1.25 + 4;
  const named = (kind, list) => list.map(({ vessel, x, y }) => ({ kind, text: nameOf(vessel), x, y, gap }));
  const about = (place) => place.vessel === state.vessel || place.vessel.listed;
  const rest = (place) => !about(place) && (place.vessel.alerts.length > 0 || screen.zoom >= VESSEL_ZOOM);
  return [
    ...distress,
    ...named("listed", places.filter((place) => place.vessel === state.vessel)),
    ...named("listed", places.filter((place) => place.vessel.listed && place.vessel !== state.vessel)),
    ...placeLabels(screen, 1),
    ...named("vessel", places.filter((place) => rest(place) && place.vessel.alerts.length > 0)),
    ...placeLabels(screen, 2),
    ...zoneLabels(screen),
    ...named("vessel", places.filter((place) => rest(place) && !place.vessel.alerts.length && !place.lost)),
  ];
}

function distressLabels() {
  return alertsNow().filter(isDistress).map((alert) => {
    const { x, y } = spotOf(alert);
    return { kind: "distress", mmsi: alert.mmsi, text: "DISTRESS " + (alert.name || mmsiText(alert.mmsi)), x, y, gap: 15 };
  });
}

// A vessel that lies where its distress is marked is named there already.
function isSaid(distress, { vessel, x, y }, screen) {
  const near = (label) => Math.hypot(label.x - x, label.y - y) * screen.scale < 2 * label.gap;
  return distress.some((label) => label.mmsi === vessel.mmsi && near(label));
}

const placed = data.places
  .map((place) => ({ ...place, text: place.name, x: worldX(place.lon), y: worldY(place.lat), gap: 6 }))
  .sort((one, other) => one.rank - other.rank);

// Returns the first rank (1) or all others (2), as far as the zoom wants them.
function placeLabels(screen, part) {
  const wide = (place) => place.kind === "country" || place.kind === "sea";
  return placed.filter(
    (place) =>
      (part === 1) === (place.rank <= 1) &&
      screen.zoom >= PLACE_ZOOM[Math.min(5, place.rank)] &&
      !(wide(place) && screen.zoom > 8.5),
  );
}

// Names of coasts, one for all rings of a stretch: that of the widest.
function zoneLabels(screen) {
  if (screen.zoom < ZONE_ZOOM && !data.chart) return [];
  const named = zones.filter((zone) => zone.box && COASTS[zone.kind] && shows(zone.kind) && boxShows(screen, zone.box, 0));
  const widest = named.filter((zone) => !named.some((other) => other.name === zone.name && other.ring > zone.ring));
  for (const zone of widest) zone.anchor ||= anchorOf(zone) || { x: NaN, y: NaN };
  return widest.map((zone) => ({ kind: zone.kind, text: zone.name, ...zone.anchor, gap: 0 }));
}

// Names of ports, anchorages and platforms, unless the place has that name already.
function smallLabels(screen) {
  if (screen.zoom < SMALL_ZOOM || !shows("ports")) return [];
  const known = new Set(placed.map((place) => place.name));
  const small = zones.filter((zone) => zone.box && !COASTS[zone.kind] && boxShows(screen, zone.box, 0) && !known.has(zone.name));
  return small.map(({ name, box }) => ({ kind: "port", text: name, x: (box.west + box.east) / 2, y: (box.north + box.south) / 2, gap: 6 }));
}

// Glyphs of listed vessels and alerts are never written over, and nothing is written under the legend or the scale.
function obstacles(screen) {
  const marks = [...placesNow().filter((place) => place.vessel.listed), ...alertsNow().map(spotOf)];
  const glyphs = marks.map((mark) => {
    const x = mark.x * screen.scale - screen.left, y = mark.y * screen.scale - screen.top;
    return { left: x - 9, right: x + 9, top: y - 9, bottom: y + 9 };
  });
  return [...["legend", "corner"].map(coverOf), ...glyphs];
}

// Returns which part of the map an element covers.
function coverOf(id) {
  const corner = map.getContainer().getBoundingClientRect(), box = byId(id).getBoundingClientRect();
  return {
    left: box.left - corner.left, right: box.right - corner.left, top: box.top - corner.top, bottom: box.bottom - corner.top,
  };
}

function shownText(label) {
  const style = STYLES[label.kind] || STYLES.city;
  const text = style.upper ? label.text.toUpperCase() : label.text;
  return text.length > 34 ? text.slice(0, 33) + "…" : text;
}

// Returns where a label fits; distress is written in any case, if need be over something else.
function freeSpot(context, label, x, y, taken, screen) {
  const style = STYLES[label.kind] || STYLES.city;
  const text = shownText(label);
  const width = textWidth(context, style, text), height = 14;
  const spots = offsets(style, label.gap, width, height)
    .map(([left, top]) => ({ left: x + left - 2, top: y + top, right: x + left + width + 2, bottom: y + top + height }))
    .filter((spot) => spot.left >= 2 && spot.right <= screen.width - 2 && spot.top >= 16 && spot.bottom <= screen.height - 2);
  const free = spots.find((spot) => !taken.some((other) => overlaps(spot, other)));
  return free || (label.kind === "distress" && spots[0]) || null;
}

// Right of the mark, left, above, below, and the corners between.
function offsets(style, gap, width, height) {
  const middle = -height / 2;
  if (style.centre) return [0, -20, 20].map((shift) => [-width / 2, middle + shift]);
  const near = gap * 0.7;
  return [
    [gap, middle], [-gap - width, middle], [-width / 2, -gap - height], [-width / 2, gap],
    [near, -near - height], [near, near], [-near - width, -near - height], [-near - width, near],
  ];
}

function overlaps(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function textWidth(context, style, text) {
  const key = style.font + (style.spacing || "") + text;
  if (!widths.has(key)) {
    context.font = style.font;
    context.letterSpacing = style.spacing || "0px";
    widths.set(key, context.measureText(text).width);
  }
  return widths.get(key);
}

function writeLabel(context, label, spot, x, y) {
  const style = STYLES[label.kind] || STYLES.city;
  context.font = style.font;
  context.letterSpacing = style.spacing || "0px";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.strokeStyle = ink.halo;
  context.fillStyle = ink[style.ink];
  context.globalAlpha = style.spacing ? 0.55 : 1;
  const middle = (spot.top + spot.bottom) / 2 + 0.5;
  if (!style.spacing) context.strokeText(shownText(label), spot.left + 2, middle);
  context.fillText(shownText(label), spot.left + 2, middle);
  if (style.dot) dotAt(context, x, y, style.dot);
  context.globalAlpha = 1;
  context.textBaseline = "alphabetic";
}

function dotAt(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
