// What the reader has chosen. Parts of the page say what they changed and listen to what others did.

const state = {
  time: data.end,
  tail: 6 * 3600, // seconds of track shown; chosen: a crossing's first hours
  playing: false,
  alert: null, // the chosen alert
  vessel: null, // the chosen vessel
  hidden: new Set(), // layers and families switched off
};
const listeners = {};

function on(names, listener) {
  for (const name of names.split(" ")) (listeners[name] ||= []).push(listener);
}

function change(name, values) {
  Object.assign(state, values);
  for (const listener of listeners[name] || []) listener();
}

function shows(layer) {
  return !state.hidden.has(layer);
}
