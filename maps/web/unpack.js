// Reads what maps/pack.py and zones/packing.py write: base64 of varints of zigzagged deltas.

// Returns the unsigned numbers of a text; multiplies instead of shifting, which would stop at 32 bits.
function varints(text) {
  const bytes = atob(text);
  const numbers = new Float64Array(bytes.length);
  let count = 0, value = 0, weight = 1;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.charCodeAt(i);
    value += (byte & 127) * weight;
    if (byte & 128) {
      weight *= 128;
    } else {
      numbers[count++] = value;
      value = 0;
      weight = 1;
    }
  }
  return numbers.subarray(0, count);
}

function unzigzag(number) {
  return number % 2 ? -(number + 1) / 2 : number / 2;
}

// Returns a column of integers.
function unpackColumn(text) {
  const numbers = varints(text);
  let sum = 0;
  return numbers.map((number) => (sum += unzigzag(number)));
}

// Returns a column of measures, `steps` to the unit, where 0 stood for "not known" (now NaN).
function unpackKnown(text, steps) {
  return unpackColumn(text).map((value) => (value === 0 ? NaN : (value - 1) / steps));
}

// Returns rings as {lon, lat} arrays of degrees, without the repeated last point.
function unpackRings(text) {
  const numbers = varints(text);
  const found = [];
  let at = 0, lon = 0, lat = 0;
  while (at < numbers.length) {
    const count = numbers[at++];
    const ring = { lon: new Float64Array(count), lat: new Float64Array(count) };
    for (let i = 0; i < count; i++) {
      lon += unzigzag(numbers[at++]);
      lat += unzigzag(numbers[at++]);
      ring.lon[i] = lon / 1e4;
      ring.lat[i] = lat / 1e4;
    }
    found.push(ring);
  }
  return found;
}
