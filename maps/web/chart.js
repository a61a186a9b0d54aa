// A chart: zones alone, without traffic or a clock. The list beside the map is their accessible twin.

const CHART_KINDS = ["user", "departure", "arrival", "platform", "anchorage", "port"];

// Returns the rings of each stretch or place together, the widest first, in the order of the list.
function stretches() {
  const found = new Map();
  for (const zone of zones.filter((one) => one.box)) {
    const key = zone.kind + " " + zone.name;
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(zone);
  }
  for (const rings of found.values()) rings.sort((one, other) => other.ring - one.ring);
  const order = ([zone]) => CHART_KINDS.indexOf(zone.kind);
  return [...found.values()].sort((one, other) => order(one) - order(other));
}

function fillChart(map) {
  const list = byId("zone-list");
  for (const rings of stretches()) {
    const row = chartRow(rings, () => {
      const closed = row.details.hidden;
      openRow(row, closed, () => chartDetails(rings));
      if (closed) map.fitBounds(boundsOf(rings[0].box), { maxZoom: CLOSEST_ZOOM, animate: false });
    });
    list.append(row.item);
  }
}

function chartRow(rings, onClick) {
  const line = element("span", "meta");
  line.append(element("span", "grade", rings[0].kind), element("span", "", ringsText(rings)));
  const row = rowOf([element("span", "headline", rings[0].name), line], onClick);
  row.item.classList.add(rings[0].kind);
  return row;
}

function ringsText(rings) {
  const widths = rings.filter((zone) => zone.ring).map((zone) => zone.ring).reverse();
  return widths.length ? widths.join(" and ") + " nm" : "";
}

function chartDetails(rings) {
  const ids = rings.map((zone) => zone.id).reverse();
  return [factList([["Id", ids.join(", ")], ["Source", rings[0].source], ["Licence", rings[0].licence || "not known"]])];
}

function chartFacts() {
  const strips = zones.filter((zone) => zone.kind === "departure" || zone.kind === "arrival").length;
  const own = zones.filter((zone) => zone.kind === "user").length;
  const places = countText(zones.length - strips - own, "port, anchorage or platform", "ports, anchorages and platforms");
  return [countText(strips, "strip of coast", "strips of coast"), places, ...(own ? [own.toLocaleString("en") + " of your own"] : [])].join(" · ");
}

// What a chart shows first: the coasts and the user's own zones, else the whole box.
function chartBounds() {
  const found = L.latLngBounds([]);
  for (const zone of zones) if (zone.box && COASTS[zone.kind]) found.extend(boundsOf(zone.box));
  return found.isValid() ? found : drawnBounds();
}

function boundsOf(box) {
  return L.latLngBounds([latOf(box.south), lonOf(box.west)], [latOf(box.north), lonOf(box.east)]);
}
