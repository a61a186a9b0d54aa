// Numbers as sailors and analysts write them; elements whose text can only be text.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function two(number) {
  return String(number).padStart(2, "0");
}

function clockText(seconds) {
  const date = new Date(seconds * 1000);
  return two(date.getUTCHours()) + ":" + two(date.getUTCMinutes()) + "Z";
}

function dayText(seconds) {
  const date = new Date(seconds * 1000);
  return date.getUTCDate() + " " + MONTHS[date.getUTCMonth()];
}

function timeText(seconds) {
  return dayText(seconds) + " " + new Date(seconds * 1000).getUTCFullYear() + " " + clockText(seconds);
}

// The two largest units, cut off and never rounded up, as the alerts' own sentences have them.
function spanText(seconds) {
  if (seconds < 60) return Math.floor(seconds) + " s";
  const parts = [];
  let left = Math.floor(seconds / 60) * 60;
  for (const [word, unit] of [["d", 86400], ["h", 3600], ["min", 60]]) {
    if (left >= unit) parts.push(Math.floor(left / unit) + " " + word);
    left %= unit;
  }
  return parts.slice(0, 2).join(" ");
}

function angleText(value, width, positive, negative) {
  const tenths = Math.round(Math.abs(value) * 600); // of a minute, so that 59.96 becomes the next degree
  const degrees = String(Math.floor(tenths / 600)).padStart(width, "0");
  const minutes = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return degrees + "°" + minutes + "′" + (value < 0 ? negative : positive);
}

function placeText(lat, lon) {
  return angleText(lat, 2, "N", "S") + " " + angleText(lon, 3, "E", "W");
}

function mmsiText(mmsi) {
  return String(mmsi).padStart(9, "0");
}

function nameOf(vessel) {
  return vessel.name || mmsiText(vessel.mmsi);
}

function countText(count, one, many) {
  return count.toLocaleString("en") + " " + (count === 1 ? one : many);
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// Writes only what is new: a text that stays the same is laid out and read aloud once.
function setText(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

function byId(id) {
  return document.getElementById(id);
}

// Says something to screen readers: politely, or at once where lives may be at stake.
function say(text, urgent) {
  byId(urgent ? "cried" : "said").textContent = text;
}
