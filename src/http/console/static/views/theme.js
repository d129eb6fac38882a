import { Signal } from '../lib/signal.js';

const STORED = 'rerankd.theme';
const NAMES = /** @type {const} */ (['Auto', 'Light', 'Dark']);

/** @typedef {typeof NAMES[number]} Theme */

/** @type {Signal<Theme>} */
export const theme = new Signal(NAMES.find((name) => name === localStorage.getItem(STORED)) ?? 'Auto');

theme.watch((name) => {
  if (name === 'Auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name.toLowerCase();
});

export function nextTheme() {
  const next = NAMES[(NAMES.indexOf(theme.value) + 1) % NAMES.length] ?? 'Auto';
  localStorage.setItem(STORED, next);
  theme.set(next);
}
