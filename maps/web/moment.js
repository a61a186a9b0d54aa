// Where everybody is at one moment. Positions are columns over all vessels; each vessel knows its stretch of them.

const HALF_S = 20 * 60; // half faded when unheard for longer; chosen, said in the legend
const LOST_S = 3 * 3600; // drawn as lost from then on: crossed out, never simply gone
const MOVING_KN = 0.5; // below it a course says nothing

const fixes = {
  time: unpackColumn(data.fixes.time).map((seconds) => seconds + data.start),
  x: unpackColumn(data.fixes.lon).map((steps) => worldX(steps / 1e5)),
  y: unpackColumn(data.fixes.lat).map((steps) => worldY(steps / 1e5)),
  sog: unpackKnown(data.fixes.sog, 10),
  cog: unpackKnown(data.fixes.cog, 1),
};

// Before which positions the vessel was silent for long; steps alone would not tell once a track is thinned.
const silent = new Uint8Array(fixes.time.length);
for (const i of unpackColumn(data.silences)) silent[i] = 1;

let reached = 0;
const vessels = data.vessels.map((vessel, i) => {
  const from = reached;
  reached += data.count[i];
  const box = boxOf(fixes.x.subarray(from, reached), fixes.y.subarray(from, reached));
  return { ...vessel, from, to: reached, box, paint: familyOf(vessel), alerts: [] };
});
const vesselOf = new Map(vessels.map((vessel) => [vessel.mmsi, vessel]));

// Returns the last of a vessel's positions at or before a time, or -1.
function lastFix(vessel, time) {
  let low = vessel.from, high = vessel.to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fixes.time[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1 >= vessel.from ? low - 1 : -1;
}

// Returns where a vessel is at a time: between two positions unless a gap lies between them, else at the last one.
function whereabouts(vessel, time) {
  const i = lastFix(vessel, time);
  if (i < 0) return null;
  const age = time - fixes.time[i];
  const place = { vessel, fix: i, age, x: fixes.x[i], y: fixes.y[i], sog: fixes.sog[i], cog: fixes.cog[i] };
  const joined = i + 1 < vessel.to && !silent[i + 1];
  if (joined && age > 0) glide(place, i, age / (fixes.time[i + 1] - fixes.time[i]));
  else if (isNaN(place.cog) && i > vessel.from) place.cog = bearing(i - 1, i);
  place.lost = age > LOST_S;
  place.moving = place.sog >= MOVING_KN;
  return place;
}

function glide(place, i, share) {
  place.x += (fixes.x[i + 1] - fixes.x[i]) * share;
  place.y += (fixes.y[i + 1] - fixes.y[i]) * share;
  if (isNaN(place.cog)) place.cog = bearing(i, i + 1);
  else if (!isNaN(fixes.cog[i + 1])) place.cog += (((fixes.cog[i + 1] - place.cog + 540) % 360) - 180) * share;
  place.age = 0;
}

// Degrees clockwise from north; Mercator keeps angles.
function bearing(i, j) {
  const [dx, dy] = [fixes.x[j] - fixes.x[i], fixes.y[j] - fixes.y[i]];
  return dx || dy ? (Math.atan2(dx, -dy) * 180) / Math.PI : NaN;
}

// Everybody's whereabouts at the chosen time, worked out once for all who ask.
const moment = { time: NaN, places: [] };

function placesNow() {
  if (moment.time !== state.time) {
    moment.time = state.time;
    moment.places = vessels.map((vessel) => whereabouts(vessel, state.time)).filter(Boolean);
  }
  return moment.places;
}

// Layers hide families; the watchlist, alerting vessels and the chosen one are above that.
function isShown(vessel) {
  return vessel.listed || vessel === state.vessel || vessel.alerts.length > 0 || shows(vessel.paint);
}
