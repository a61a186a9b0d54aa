// Keys: space plays, arrows step time, j and k walk the alerts, / searches, l legend, ? help, Escape lets go.

const STEP_S = 300;

const KEYS = {
  " ": () => setPlaying(!state.playing),
  ArrowRight: (event) => moveTo(state.time + (event.shiftKey ? 12 : 1) * STEP_S),
  ArrowLeft: (event) => moveTo(state.time - (event.shiftKey ? 12 : 1) * STEP_S),
  j: () => walk(1),
  k: () => walk(-1),
  "/": () => {
    showTab("vessels");
    byId("search").focus();
  },
  l: () => (byId("legend").open = !byId("legend").open),
  "?": () => byId("help").showModal(),
  Escape: () => change("choice", { alert: null, vessel: null }),
};

function walk(step) {
  if (!alerts.length) return;
  const next = Math.max(0, Math.min(alerts.length - 1, alerts.indexOf(state.alert) + step));
  chooseAlert(alerts[next]);
  rows.alert.get(alerts[next]).button.focus({ preventScroll: true });
}

// Keys that a control of its own understands are left to it.
function isBusy(event) {
  const { target } = event;
  if (target.matches("input[type=search], select, dialog *")) return true;
  return event.key === " " ? target.matches("button, summary, input") : event.key.startsWith("Arrow") && target.matches("input");
}

function wireKeys(map) {
  map.keyboard.disable(); // Leaflet would pan with the arrows that step time here; + and - stay buttons
  addEventListener("keydown", (event) => {
    const action = KEYS[event.key];
    if (!action || isBusy(event) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    action(event);
  });
  byId("help-open").addEventListener("click", () => byId("help").showModal());
  byId("help-close").addEventListener("click", () => byId("help").close());
}
