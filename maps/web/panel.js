// The lists beside the map: the accessible twin of the canvas. Every text goes in as text.

const MOST_ROWS = 200; // vessels listed at once; chosen: more is not read but searched
const rows = { alert: new Map(), vessel: new Map() };

function fillHead() {
  byId("title").textContent = data.title;
  document.title = data.title + " · Vessels of interest";
  byId("subtitle").textContent = data.subtitle;
  byId("facts").textContent = data.chart ? chartFacts() : factsText();
  byId("note").textContent = data.note;
  byId("note").hidden = !data.note;
}

function factsText() {
  const thinned = data.drawn < data.known;
  const positions = thinned
    ? data.known.toLocaleString("en") + " positions, thinned to " + data.drawn.toLocaleString("en") + " where a track runs straight"
    : countText(data.known, "position", "positions");
  return [
    timeText(data.start) + " – " + timeText(data.end),
    countText(vessels.length, "vessel", "vessels"),
    positions,
    countText(alerts.length, "alert", "alerts"),
  ].join(" · ");
}

// A row is a button that opens its details below it.
function rowOf(parts, onClick) {
  const item = element("li", "row");
  const button = element("button", "row-head");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.append(...parts);
  button.addEventListener("click", onClick);
  const details = element("div", "details");
  details.hidden = true;
  item.append(button, details);
  return { item, button, details };
}

// Facts are [term, text] or [term, text, what stands small behind it].
function factList(facts) {
  const list = element("dl");
  for (const [term, text, aside] of facts) {
    const fact = element("dd", "", text);
    if (aside) fact.append(" ", element("small", "", aside));
    list.append(element("dt", "", term), fact);
  }
  return list;
}

function linkButton(text, onClick) {
  const button = element("button", "link", text);
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}

function fillVessels() {
  const wanted = byId("search").value.trim().toLowerCase();
  const found = vesselsInOrder.filter((vessel) => !wanted || searchText(vessel).includes(wanted));
  byId("tab-vessels").textContent = "Vessels (" + vessels.length + ")";
  byId("found").textContent =
    found.length > MOST_ROWS ? "first " + MOST_ROWS + " of " + found.length + ": type to narrow" : "";
  rows.vessel.clear();
  byId("vessel-list").replaceChildren(...found.slice(0, MOST_ROWS).map(vesselRow));
  openRows();
}

const vesselsInOrder = [...vessels].sort(
  (one, other) =>
    Number(other.listed || false) - Number(one.listed || false) ||
    other.alerts.length - one.alerts.length ||
    nameOf(one).localeCompare(nameOf(other)),
);

function searchText(vessel) {
  return [vessel.name, mmsiText(vessel.mmsi), vessel.flag, vessel.family, vessel.imo, vessel.callsign].join(" ").toLowerCase();
}

function vesselRow(vessel) {
  const line = element("span", "meta");
  line.append(element("span", "", mmsiText(vessel.mmsi)), element("span", "", vessel.flag || "flag not known"));
  line.append(element("span", "", vessel.family));
  if (vessel.listed) line.append(element("span", "grade", "watchlist"));
  if (vessel.alerts.length) line.append(element("span", "state", countText(vessel.alerts.length, "alert", "alerts")));
  if (vessel.simulated) line.append(simulatedTag());
  const row = rowOf(
    [element("span", "headline", vessel.name || "name not known"), line],
    () => chooseVessel(vessel === state.vessel ? null : vessel),
  );
  row.item.classList.add("family-" + vessel.paint);
  row.item.classList.toggle("listed", Boolean(vessel.listed));
  rows.vessel.set(vessel, row);
  return row.item;
}

function vesselDetails(vessel) {
  const place = whereabouts(vessel, state.time);
  const facts = [["MMSI", mmsiText(vessel.mmsi)]];
  if (vessel.imo) facts.push(["IMO", String(vessel.imo)]);
  if (vessel.callsign) facts.push(["Call sign", vessel.callsign]);
  facts.push(["Flag", vessel.flag || "not known"], ["Kind", vessel.family]);
  if (vessel.length_m) facts.push(["Length", Math.round(vessel.length_m) + " m"]);
  if (vessel.destination) facts.push(["Destination", vessel.destination]);
  if (!place) return [factList([...facts, ["Position", "not heard by " + timeText(state.time)]])];
  facts.push(["Position", placeText(latOf(place.y), lonOf(place.x))]);
  facts.push(["Speed", isNaN(place.sog) ? "not known" : place.sog.toFixed(1) + " kn"]);
  facts.push(["Course", isNaN(place.cog) ? "not known" : String(Math.round((place.cog + 360) % 360)).padStart(3, "0") + "°"]);
  facts.push(["Last heard", timeText(fixes.time[place.fix]) + (place.age ? " (" + spanText(place.age) + " before)" : "")]);
  return [factList(facts), ...vessel.alerts.map((alert) => linkButton(told(alert), () => chooseAlert(alert)))];
}

// Opens the chosen rows and closes the others.
function openRows() {
  for (const [alert, row] of rows.alert) openRow(row, alert === state.alert, () => alertDetails(alert));
  for (const [vessel, row] of rows.vessel) openRow(row, vessel === state.vessel, () => vesselDetails(vessel));
}

function openRow(row, open, details) {
  if (open) row.details.replaceChildren(...details());
  if (row.details.hidden === !open) return;
  row.details.hidden = !open;
  row.button.setAttribute("aria-expanded", String(open));
  row.item.classList.toggle("open", open);
  if (open) row.item.scrollIntoView({ block: "nearest" });
}

function chooseAlert(alert) {
  if (alert) showTab("alerts");
  if (alert && phaseOf(alert) === "later") moveTo(alert.last); // when all that its card says had come to pass
  change("choice", { alert, vessel: (alert && vesselOf.get(alert.mmsi)) || null });
  if (alert) say("Chosen: " + spoken(alert));
}

function chooseVessel(vessel) {
  if (vessel) showTab("vessels");
  change("choice", { vessel, alert: null });
  if (vessel) say("Chosen: " + nameOf(vessel));
}

function showTab(name) {
  for (const tab of ["alerts", "vessels"]) {
    const chosen = tab === name;
    byId(tab).hidden = !chosen;
    byId("tab-" + tab).setAttribute("aria-selected", String(chosen));
    byId("tab-" + tab).tabIndex = chosen ? 0 : -1;
  }
}

function wirePanel() {
  fillAlerts();
  fillVessels();
  tellCards();
  for (const [tab, other] of [["alerts", "vessels"], ["vessels", "alerts"]]) {
    byId("tab-" + tab).addEventListener("click", () => showTab(tab));
    byId("tab-" + tab).addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.stopPropagation();
      showTab(other);
      byId("tab-" + other).focus();
    });
  }
  byId("search").addEventListener("input", fillVessels);
  on("choice", openRows);
  on("time", () => {
    tellCards();
    if (!state.playing && (state.vessel || state.alert)) openRows();
  });
}
