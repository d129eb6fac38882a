/** Backslashes, and characters that are not seen or change how others are: control, bidi, zero-width, unassigned. */
const UNSAFE_TEXT = /[\\\p{C}\p{Zl}\p{Zp}]/u;

/** What ends a path or a line for somebody, whatever else a name may hold. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f\\]/;

const MAX_PATH_LENGTH = 1024;

/** True for text that shows a reader all that it holds. */
export function isPlainText(text: string): boolean {
  return !UNSAFE_TEXT.test(text);
}

/**
 * True for a path that stays below the directory it is joined to, on every platform: relative, with forward slashes and
 * without parts that mean another place.
 */
export function isInnerPath(path: string): boolean {
  if (path.length > MAX_PATH_LENGTH || CONTROL.test(path) || /^[a-z]:/i.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
