// Alerts on the map: a ring in the colour of the severity; distress pulses, lies on top and cannot be switched off.
// Who calls for help or drifts is marked where last heard by the clock, everything else where it began.

const alerts = data.alerts; // already in the order of every list: distress first, then severity, then newest
for (const alert of alerts) {
  alert.placed = alert.lat !== null && alert.lon !== null;
  alert.first = alert.placed ? spotAt(alert.lat, alert.lon, alert.time) : { x: NaN, y: NaN };
  alert.latest = "last_fix" in alert ? spotAt(alert.last_lat, alert.last_lon, alert.last_fix) : alert.first;
  if (vesselOf.has(alert.mmsi)) vesselOf.get(alert.mmsi).alerts.push(alert);
}

function spotAt(lat, lon, time) {
  return { lat, lon, time, x: worldX(lon), y: worldY(lat) };
}

// Returns where to mark an alert by the clock: on its vessel's track when there is one.
function spotOf(alert) {
  if (state.time >= alert.latest.time || alert.latest === alert.first) return alert.latest;
  const vessel = vesselOf.get(alert.mmsi);
  const i = vessel ? lastFix(vessel, state.time) : -1;
  if (i < 0 || fixes.time[i] < alert.time) return alert.first;
  return spotAt(latOf(fixes.y[i]), lonOf(fixes.x[i]), fixes.time[i]);
}

function pixelOf(screen, alert) {
  const spot = spotOf(alert);
  return { x: spot.x * screen.scale - screen.left, y: spot.y * screen.scale - screen.top };
}

function isDistress(alert) {
  return alert.class === "distress";
}

// Alerts of the future, seen from the chosen time, wait.
function alertsNow() {
  return alerts.filter((alert) => alert.placed && alert.time <= state.time && (isDistress(alert) || shows("alerts")));
}

function drawAlerts(context, screen) {
  for (const alert of alertsNow().reverse()) {
    const { x, y } = pixelOf(screen, alert);
    if (!onScreen(screen, x, y, 30)) continue;
    if (isDistress(alert)) drawDistress(context, x, y);
    else drawRing(context, x, y, alert);
    if (alert === state.alert) drawChoice(context, x, y);
  }
  context.globalAlpha = 1;
}

function drawRing(context, x, y, alert) {
  context.globalAlpha = alert.state === "withdrawn" || alert.state === "resolved" ? 0.4 : 1;
  for (const [width, colour] of [[5, ink.halo], [2.2, alertInk(alert)]]) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.beginPath();
    context.arc(x, y, 9, 0, 2 * Math.PI);
    context.stroke();
  }
}

function drawDistress(context, x, y) {
  context.globalAlpha = 1;
  context.fillStyle = ink.distress;
  context.beginPath();
  context.arc(x, y, 8, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = "#fff";
  context.lineWidth = 2.5;
  drawLine(context, x - 3.5, y - 3.5, x + 3.5, y + 3.5);
  drawLine(context, x - 3.5, y + 3.5, x + 3.5, y - 3.5);
}

function drawChoice(context, x, y) {
  context.globalAlpha = 1;
  context.lineWidth = 2;
  context.strokeStyle = ink.select;
  context.beginPath();
  context.arc(x, y, 14, 0, 2 * Math.PI);
  context.stroke();
}

// Pulsing rings are elements moved by the style sheet, so that nothing is drawn anew for them.
const beacons = new Map();

function placeBeacons(map, screen) {
  for (const alert of alerts.filter((one) => isDistress(one) && one.placed)) {
    if (!beacons.has(alert)) beacons.set(alert, L.DomUtil.create("div", "beacon", map.getPane("voi-beacons")));
    const beacon = beacons.get(alert);
    beacon.hidden = alert.time > state.time;
    const { x, y } = pixelOf(screen, alert);
    L.DomUtil.setPosition(beacon, map.containerPointToLayerPoint([x, y]));
  }
}

function alertAt(screen, px, py) {
  const near = (alert) => {
    const { x, y } = pixelOf(screen, alert);
    return Math.hypot(x - px, y - py) < 14;
  };
  return alertsNow().find(near) || null;
}
