// Time: a slider over the span, play, and below it when the alerts fell.

const SPEEDS = [600, 1800, 3600, 10800, 43200]; // seconds of data a second of watching
const BAR_PX = 6;
let before = 0;

function wireSlider() {
  const slider = byId("time");
  Object.assign(slider, { min: data.start, max: Math.max(data.end, data.start + 1), step: 10, value: state.time });
  slider.addEventListener("input", () => moveTo(Number(slider.value)));
  byId("play").addEventListener("click", () => setPlaying(!state.playing));
  byId("speed").value = String(SPEEDS.find((speed) => (data.end - data.start) / speed < 60) || SPEEDS.at(-1));
  on("time", showTime);
  on("layers", drawHistogram);
  showTime();
  drawHistogram();
}

function moveTo(time) {
  change("time", { time: Math.max(data.start, Math.min(data.end, time)) });
}

function showTime() {
  const slider = byId("time");
  slider.value = state.time;
  slider.setAttribute("aria-valuetext", timeText(state.time));
  byId("now").textContent = timeText(state.time);
}

function setPlaying(playing) {
  if (playing && state.time >= data.end) moveTo(data.start);
  state.playing = playing;
  byId("play").textContent = playing ? "Pause" : "Play";
  byId("play").setAttribute("aria-pressed", String(playing));
  before = 0;
  if (playing) requestAnimationFrame(playOn);
}

function playOn(now) {
  if (!state.playing) return;
  const passed = before ? Math.min(0.2, (now - before) / 1000) : 0;
  before = now;
  const from = state.time;
  moveTo(from + passed * Number(byId("speed").value));
  announce(from, state.time);
  if (state.time >= data.end) setPlaying(false);
  else requestAnimationFrame(playOn);
}

// Speaks the alerts that playing has just reached.
function announce(from, to) {
  const fresh = alerts.filter((alert) => alert.time > from && alert.time <= to);
  if (fresh.length) say(fresh.map(spoken).join("; "), fresh.some(isDistress));
}

// Bars of alerts over the span, the worst lowest and largest; hours or days below them.
function drawHistogram() {
  const canvas = byId("histogram");
  const { clientWidth: width, clientHeight: height } = canvas.parentElement;
  if (!width) return;
  const context = fitCanvas(canvas, width, height);
  const floor = height - 15;
  drawTicks(context, width, floor);
  const bars = countBars(Math.max(1, Math.floor(width / BAR_PX)));
  const most = Math.max(2, ...bars.map((bar) => bar.length));
  bars.forEach((bar, i) => {
    bar.forEach((alert, j) => {
      const [low, high] = [(floor * j) / most, (floor * (j + 1)) / most];
      context.fillStyle = alertInk(alert);
      context.fillRect(i * BAR_PX + 1, floor - high + 0.5, BAR_PX - 2, high - low - 0.5);
    });
  });
}

function countBars(count) {
  const bars = Array.from({ length: count }, () => []);
  for (const alert of alerts) {
    const share = (alert.time - data.start) / Math.max(1, data.end - data.start);
    if (share >= 0 && share <= 1) bars[Math.min(count - 1, Math.floor(share * count))].push(alert);
  }
  return bars;
}

const TICKS_S = [600, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 2 * 86400, 7 * 86400, 28 * 86400];

function drawTicks(context, width, floor) {
  const span = Math.max(1, data.end - data.start);
  const step = TICKS_S.find((seconds) => (seconds / span) * width >= 64) || TICKS_S.at(-1);
  context.font = "10px " + FONT;
  context.fillStyle = ink["text-soft"];
  context.strokeStyle = ink.grid;
  drawLine(context, 0, floor + 0.5, width, floor + 0.5);
  for (let time = Math.ceil(data.start / step) * step; time <= data.end; time += step) {
    const x = Math.round(((time - data.start) / span) * width) + 0.5;
    drawLine(context, x, floor, x, floor + 4);
    const text = time % 86400 === 0 ? dayText(time) : clockText(time).slice(0, 5);
    const half = context.measureText(text).width / 2;
    if (x - half >= 0 && x + half <= width) context.fillText(text, x - half, floor + 14);
  }
}
