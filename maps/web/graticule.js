// Degree lines with their numbers at the edge: scale and place without any tiles.

const STEPS_DEG = [30, 20, 10, 5, 2, 1, 0.5, 1 / 6, 1 / 12, 1 / 60];

function graticuleStep(screen) {
  const fits = STEPS_DEG.filter((step) => (step / 360) * 256 * screen.scale >= 90);
  return fits.length ? fits[fits.length - 1] : STEPS_DEG[0];
}

function degreeText(value, positive, negative) {
  const minutes = Math.round(Math.abs(value) * 60);
  const rest = minutes % 60;
  const side = minutes === 0 ? "" : value < 0 ? negative : positive;
  return Math.floor(minutes / 60) + "°" + (rest ? two(rest) + "′" : "") + side;
}

function drawGraticule(context, screen) {
  const step = graticuleStep(screen);
  const { scale, left, top, width, height } = screen;
  const numbers = [];
  context.strokeStyle = ink.grid;
  context.lineWidth = 1;
  for (let i = Math.ceil(lonOf(left / scale) / step); i <= lonOf((left + width) / scale) / step; i++) {
    const x = Math.round(worldX(i * step) * scale - left) + 0.5;
    drawLine(context, x, 0, x, height);
    if (x > 60 && x < width - 60) numbers.push([degreeText(i * step, "E", "W"), x + 4, 13]);
  }
  for (let i = Math.ceil(latOf((top + height) / scale) / step); i <= latOf(top / scale) / step; i++) {
    const y = Math.round(worldY(i * step) * scale - top) + 0.5;
    drawLine(context, 0, y, width, y);
    if (y > 30 && y < height - 80) numbers.push([degreeText(i * step, "N", "S"), width - 5, y - 4]);
  }
  return numbers;
}

// Writes the numbers that drawGraticule returned, above everything that fades.
function writeNumbers(context, screen, numbers) {
  context.font = "11px " + FONT;
  context.fillStyle = ink["text-soft"];
  for (const [text, x, y] of numbers) {
    context.textAlign = x === screen.width - 5 ? "right" : "left";
    context.fillText(text, x, y);
  }
  context.textAlign = "left";
}

function drawLine(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
