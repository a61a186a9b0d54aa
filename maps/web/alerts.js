// Alerts on the map: a ring in the colour of the severity; distress pulses, lies on top and cannot be switched off.

const alerts = data.alerts; // already in the order of every list: distress first, then severity, then newest
for (const alert of alerts) {
  alert.placed = alert.lat !== null && alert.lon !== null;
  alert.x = alert.placed ? worldX(alert.lon) : NaN;
  alert.y = alert.placed ? worldY(alert.lat) : NaN;
  if (vesselOf.has(alert.mmsi)) vesselOf.get(alert.mmsi).alerts.push(alert);
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
    const x = alert.x * screen.scale - screen.left, y = alert.y * screen.scale - screen.top;
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
    const point = [alert.x * screen.scale - screen.left, alert.y * screen.scale - screen.top];
    L.DomUtil.setPosition(beacon, map.containerPointToLayerPoint(point));
  }
}

function alertAt(screen, px, py) {
  const near = (alert) =>
    Math.hypot(alert.x * screen.scale - screen.left - px, alert.y * screen.scale - screen.top - py) < 14;
  return alertsNow().find(near) || null;
}
