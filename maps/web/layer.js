// A canvas that covers the map and is drawn anew, once a frame at most, whenever the map moves or somebody asks.

const CanvasLayer = L.Layer.extend({
  initialize(paneName, order, draw) {
    Object.assign(this, { paneName, order, draw, frame: 0 });
  },

  onAdd(map) {
    const pane = map.createPane(this.paneName);
    pane.style.zIndex = this.order;
    this.canvas = L.DomUtil.create("canvas", "voi-canvas", pane);
    map.on("move zoom viewreset resize", this.ask, this);
    this.ask();
  },

  ask() {
    this.frame ||= requestAnimationFrame(() => this.redraw());
  },

  redraw() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const screen = screenOf(this._map);
    if (!screen.width || !screen.height) return;
    const context = fitCanvas(this.canvas, screen.width, screen.height);
    L.DomUtil.setPosition(this.canvas, this._map.containerPointToLayerPoint([0, 0]));
    this.draw(context, screen);
  },
});

// Sizes a canvas to its place and the display's density, wipes it, and returns its context in CSS pixels.
function fitCanvas(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  const context = canvas.getContext("2d");
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide; // which wipes it too
    canvas.height = high;
    canvas.style.width = width + "px";
    canvas.style.height = height + "px";
  } else {
    context.clearRect(0, 0, wide, high); // in the pixels of the canvas: the transform is set below
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.lineJoin = "round";
  return context;
}
