// Web Mercator as Leaflet has it: the world is 256 wide at zoom 0, y grows southward.

function worldX(lon) {
  return ((lon + 180) / 360) * 256;
}

function worldY(lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return 128 - (256 * Math.log((1 + sine) / (1 - sine))) / (4 * Math.PI);
}

function lonOf(x) {
  return (x / 256) * 360 - 180;
}

function latOf(y) {
  return (Math.atan(Math.sinh(Math.PI * (1 - y / 128))) * 180) / Math.PI;
}

// Where the map looks: world coordinates w become pixels as w * scale - left (or top).
function screenOf(map) {
  const zoom = map.getZoom();
  const size = map.getSize();
  const corner = map.getPixelBounds().min;
  return { zoom, scale: 2 ** zoom, left: corner.x, top: corner.y, width: size.x, height: size.y };
}

function onScreen(screen, x, y, margin) {
  return x > -margin && y > -margin && x < screen.width + margin && y < screen.height + margin;
}

// Returns whether a box of world coordinates may show.
function boxShows(screen, box, margin) {
  return (
    box.east * screen.scale - screen.left > -margin &&
    box.west * screen.scale - screen.left < screen.width + margin &&
    box.south * screen.scale - screen.top > -margin &&
    box.north * screen.scale - screen.top < screen.height + margin
  );
}

// Returns the box round world coordinates; y grows southward.
function boxOf(x, y) {
  const box = { west: Infinity, east: -Infinity, north: Infinity, south: -Infinity };
  for (let i = 0; i < x.length; i++) {
    if (x[i] < box.west) box.west = x[i];
    if (x[i] > box.east) box.east = x[i];
    if (y[i] < box.north) box.north = y[i];
    if (y[i] > box.south) box.south = y[i];
  }
  return box;
}

// Pixels of a nautical mile at a latitude.
function pixelsPerNm(screen, lat) {
  const equatorNm = 21638.8; // 2 pi 6378137 m / 1852 m
  return (256 * screen.scale) / (equatorNm * Math.cos((lat * Math.PI) / 180));
}
