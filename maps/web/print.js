// On paper: the same ground in the light theme, the legend open, distress in words, and the card that is open.

// Returns how to undo what was done for the paper.
function dressForPaper(map, redraw) {
  const dark = !document.documentElement.classList.contains("light");
  const legend = byId("legend").open;
  const [area, middle, zoom] = [map.getBounds(), map.getCenter(), map.getZoom()];
  document.documentElement.classList.add("paper");
  byId("legend").open = true;
  byId("printed").replaceChildren(...paperLines().map((line) => element("li", "", line)));
  if (dark) setLight(true);
  map.invalidateSize();
  map.fitBounds(area, { animate: false });
  for (const canvas of document.querySelectorAll(".voi-canvas")) canvas.width = 0; // on paper, wiping one wipes all below
  redraw();
  return () => {
    document.documentElement.classList.remove("paper");
    byId("legend").open = legend;
    if (dark) setLight(false);
    redraw();
    map.setView(middle, zoom, { animate: false });
  };
}

function paperLines() {
  const distress = alertsNow().filter(isDistress);
  const lines = distress.map((alert) => "DISTRESS " + (alert.name || mmsiText(alert.mmsi)) + ". " + lastPositionText(alert) + ".");
  return data.chart ? [] : ["Shown as of " + timeText(state.time) + ".", ...lines];
}

function wirePrint(map, redraw) {
  let undo = null;
  addEventListener("beforeprint", () => (undo ||= dressForPaper(map, redraw)));
  addEventListener("afterprint", () => {
    if (undo) undo();
    undo = null;
  });
}
