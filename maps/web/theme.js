// Colours live in theme.css only; the canvas asks for them here.

const FAMILIES = ["cargo", "tanker", "passenger", "fishing", "pleasure", "service", "other"];
// Families that look and matter alike on a map share one colour.
const FAMILY_OF = { tug: "service", pilot: "service", rescue: "service", authority: "service" };
const SEVERITIES = ["extreme", "severe", "moderate", "minor", "unknown"];
const FONT = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif';
const INKS = [
  "void", "sea", "shallow", "land", "coast", "grid", "text", "text-soft", "halo", "departure", "arrival", "user", "port",
  "listed", "distress", "select", ...FAMILIES, ...SEVERITIES,
];
const ink = {};

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  for (const name of INKS) ink[name] = style.getPropertyValue("--" + name).trim();
}

function familyOf(vessel) {
  const family = FAMILY_OF[vessel.family] || vessel.family;
  return FAMILIES.includes(family) ? family : "other";
}

function severityOf(alert) {
  return SEVERITIES.includes(alert.severity) ? alert.severity : "unknown";
}

function alertInk(alert) {
  return alert.class === "distress" ? ink.distress : ink[severityOf(alert)];
}

readTheme();
