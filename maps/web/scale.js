// The scale bar, in nautical miles at the latitude of the middle of the view.

const LONGEST_BAR_PX = 110;
const BARS_NM = [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05];

function showScale(screen) {
  const milePx = pixelsPerNm(screen, latOf((screen.top + screen.height / 2) / screen.scale));
  const length = BARS_NM.find((miles) => miles * milePx <= LONGEST_BAR_PX) || BARS_NM.at(-1);
  byId("scale").style.width = Math.round(length * milePx) + "px";
  setText(byId("scale"), length + " nm");
}
