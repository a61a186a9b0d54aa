// The list of alerts: a card each, which opens to say why it was raised and what is not known.

function fillAlerts() {
  setText(byId("tab-alerts"), "Alerts (" + alerts.length + ")");
  const list = byId("alert-list");
  for (const alert of alerts) {
    const card = cardOf(alert);
    rows.alert.set(alert, card);
    list.append(card.item);
  }
  byId("no-alerts").hidden = alerts.length > 0;
}

function cardOf(alert) {
  const grade = isDistress(alert) ? "distress" : severityOf(alert);
  const parts = { headline: element("span", "headline"), where: element("span"), phase: element("span", "state") };
  const line = element("span", "meta");
  line.append(element("span", "grade", grade), element("span", "", dayText(alert.time) + " " + clockText(alert.time)));
  if (isDistress(alert)) line.append(parts.where);
  line.append(parts.phase);
  if (alert.zone) line.append(element("span", "place", alert.zone));
  if (alert.state !== "open") line.append(element("span", "state", alert.state.replace("_", " ")));
  if (alert.simulated) line.append(simulatedTag());
  const row = rowOf([parts.headline, line], () => chooseAlert(alert === state.alert ? null : alert));
  row.item.classList.add(grade);
  return { ...row, ...parts };
}

function simulatedTag() {
  const tag = element("span", "sim", "sim");
  tag.title = "simulated";
  return tag;
}

// Brings the cards to the clock; those of what has not begun are dimmed.
function tellCards() {
  for (const [alert, card] of rows.alert) {
    const phase = phaseOf(alert);
    setText(card.headline, told(alert));
    setText(card.phase, PHASES[phase]);
    if (isDistress(alert)) setText(card.where, alert.placed ? spotText(spotOf(alert)) : "no position");
    card.item.classList.toggle("later", phase === "later");
  }
}

function alertDetails(alert) {
  const vessel = vesselOf.get(alert.mmsi);
  const facts = [
    ["Vessel", (alert.name || "name not known") + " · MMSI " + mmsiText(alert.mmsi)],
    ...placeFacts(alert),
    ...lengthFacts(alert),
    zoneFact(alert),
    ["Rule", alert.rule],
  ];
  const parts = [factList(facts)];
  if (phaseOf(alert) !== "over") parts.push(element("p", "aside", "What follows was known only at " + timeText(alert.last) + "."));
  parts.push(...section("Why", alert.reasons), ...section("Not known", alert.not_known));
  parts.push(...section("Suppressions tested", alert.suppressions));
  if (vessel) parts.push(linkButton("Show the vessel", () => chooseVessel(vessel)));
  return parts;
}

function placeFacts(alert) {
  const began = timeText(alert.time);
  if (!alert.placed) return [["First heard", began], ["Where", "no position"]];
  const first = placeText(alert.first.lat, alert.first.lon);
  if (alert.latest === alert.first) return [["First", began], ["Where", first]];
  return [["Last position", spotText(spotOf(alert))], ["First heard", began + " at " + first]];
}

function section(title, sentences) {
  if (!sentences || !sentences.length) return [];
  const list = element("ul");
  for (const sentence of sentences) list.append(element("li", "", sentence));
  return [element("h3", "", title), list];
}
