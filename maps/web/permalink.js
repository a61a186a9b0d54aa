// The address holds view, time and choice, so that a link or a reload shows the same picture.

function readLink() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const at = (wanted.get("at") || "").split(",").map(Number);
  const time = Date.parse(wanted.get("time") || "") / 1000;
  return {
    view: at.length === 3 && at.every(Number.isFinite) ? at : null,
    time: Number.isFinite(time) ? time : null,
    alert: alerts.find((alert) => alert.id === wanted.get("alert")) || null,
    vessel: vesselOf.get(Number(wanted.get("vessel"))) || null,
    light: wanted.get("light") === "1",
  };
}

function writeLink(map) {
  const centre = map.getCenter();
  const link = new URLSearchParams();
  link.set("at", [centre.lat.toFixed(4), centre.lng.toFixed(4), map.getZoom()].join(","));
  if (!data.chart) link.set("time", new Date(state.time * 1000).toISOString().slice(0, 19) + "Z");
  if (state.alert) link.set("alert", state.alert.id);
  else if (state.vessel) link.set("vessel", state.vessel.mmsi);
  if (document.documentElement.classList.contains("light")) link.set("light", "1");
  try {
    history.replaceState(null, "", "#" + link.toString().replaceAll("%2C", ",").replaceAll("%3A", ":"));
  } catch {
    // A page inside another's frame may not touch the address; it then has no link to share.
  }
}

function wireLink(map) {
  let waiting = 0;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => writeLink(map), 400);
  };
  map.on("moveend", later);
  on("time choice layers", later);
}
