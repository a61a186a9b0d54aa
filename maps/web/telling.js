// What a card says of an alert at the time of the clock: no card tells the end of what has only begun.

const PHASES = { later: "later", running: "going on", over: "" };

function phaseOf(alert) {
  if (alert.time > state.time) return "later";
  return alert.last > state.time ? "running" : "over";
}

// The headline; how long something lasted in the end becomes how long it has lasted so far.
function told(alert) {
  const text = alert.simulated ? alert.headline.replace(/^SIMULATED: /, "") : alert.headline; // a tag says so
  return phaseOf(alert) === "running" ? text.replace(spanText(alert.lasted), soFar(alert)) : text;
}

function soFar(alert) {
  return spanText(state.time - alert.time) + " so far";
}

// For where no tag stands beside it.
function spoken(alert) {
  return (alert.simulated ? "SIMULATED: " : "") + told(alert);
}

function spotText(spot) {
  return placeText(spot.lat, spot.lon) + " at " + clockText(spot.time);
}

// One line for who must act on paper or from the list: where last, and since when.
function lastPositionText(alert) {
  if (!alert.placed) return "no position; first heard " + timeText(alert.time);
  const first = "; first heard " + clockText(alert.time) + " at " + placeText(alert.first.lat, alert.first.lon);
  return "Last position " + spotText(spotOf(alert)) + first;
}

function zoneFact(alert) {
  const zone = zoneOf(alert.zone);
  if (!zone) return ["Zone", alert.zone || "none"];
  return ["Zone", zone.name + (zone.ring ? ", " + zone.ring + " nm" : ""), zone.id];
}

// Until when it lasted, as far as the clock knows; nothing of what lasts no time.
function lengthFacts(alert) {
  if (phaseOf(alert) === "running") return [["Lasting", soFar(alert)]];
  const term = isDistress(alert) ? "Last heard" : "Until";
  return alert.lasted ? [[term, timeText(alert.last) + " (" + spanText(alert.lasted) + ")"]] : [];
}
