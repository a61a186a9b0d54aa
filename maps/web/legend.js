// The legend is the switchboard too: a family or layer can be hidden, distress and the watchlist cannot.

function wireLegend() {
  const counts = {};
  for (const vessel of vessels) counts[vessel.paint] = (counts[vessel.paint] || 0) + 1;
  for (const box of document.querySelectorAll("#legend input[data-layer]")) {
    const layer = box.dataset.layer;
    if (FAMILIES.includes(layer)) box.parentElement.append(element("span", "count", String(counts[layer] || 0)));
    box.addEventListener("change", () => {
      state.hidden[box.checked ? "delete" : "add"](layer);
      change("layers", {});
    });
  }
  byId("tail").value = String(state.tail);
  byId("tail").addEventListener("change", () => change("layers", { tail: Number(byId("tail").value) }));
  byId("light").addEventListener("change", () => setLight(byId("light").checked));
}

function setLight(light) {
  byId("light").checked = light;
  document.documentElement.classList.toggle("light", light);
  readTheme();
  change("layers", {});
}
