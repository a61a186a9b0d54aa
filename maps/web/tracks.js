// Tails: brighter the younger, dashed where nothing was heard.

const BANDS = [0.14, 0.26, 0.42, 0.62, 0.9]; // opacity from the oldest fifth of the tail to the youngest

function drawTracks(context, screen) {
  if (!shows("tracks")) return;
  for (const place of placesNow()) {
    if (isShown(place.vessel) && boxShows(screen, place.vessel.box, 4)) drawTail(context, screen, place);
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function drawTail(context, screen, place) {
  const { vessel } = place;
  const chosen = vessel === state.vessel;
  const begin = chosen ? -Infinity : state.time - state.tail;
  const span = Math.min(state.tail, state.time - data.start) || 1;
  const bands = BANDS.map(() => new Path2D());
  const silence = new Path2D();
  let first = Math.max(lastFix(vessel, begin), vessel.from);
  let x = fixes.x[first] * screen.scale - screen.left, y = fixes.y[first] * screen.scale - screen.top;
  let open = -1;
  for (let i = first + 1; i <= place.fix + 1; i++) {
    const atHead = i > place.fix;
    const nx = (atHead ? place.x : fixes.x[i]) * screen.scale - screen.left;
    const ny = (atHead ? place.y : fixes.y[i]) * screen.scale - screen.top;
    const time = atHead ? state.time : fixes.time[i];
    const gap = !atHead && silent[i];
    if (!gap && !atHead && Math.abs(nx - x) + Math.abs(ny - y) < 1.5) continue;
    const age = Math.max(0, Math.min(1, (state.time - time) / span));
    const band = gap ? -2 : Math.min(BANDS.length - 1, Math.floor((1 - age) * BANDS.length));
    const path = gap ? silence : bands[band];
    if (band !== open) path.moveTo(x, y);
    path.lineTo(nx, ny);
    [x, y, open] = [nx, ny, band];
  }
  strokeTail(context, vessel, bands, silence, chosen);
}

function strokeTail(context, vessel, bands, silence, chosen) {
  context.strokeStyle = vessel.listed ? ink.listed : ink[vessel.paint];
  context.lineWidth = chosen ? 2.2 : vessel.listed ? 1.7 : 1.2;
  context.setLineDash([]);
  bands.forEach((path, i) => {
    context.globalAlpha = chosen ? Math.max(0.5, BANDS[i]) : BANDS[i];
    context.stroke(path);
  });
  context.globalAlpha = 0.6;
  context.setLineDash([3, 5]);
  context.stroke(silence);
}
