/** @typedef {string | Record<string, unknown>} Document */

/**
 * Reads what somebody typed: a JSON list, or one document a line.
 * @param {string} text
 * @returns {Document[]}
 * @throws {SyntaxError} for what begins like a list and is none
 */
export function parseDocuments(text) {
  const trimmed = text.trim();
  if (!trimmed.startsWith('['))
    return trimmed
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const list = parse(trimmed);
  if (!Array.isArray(list)) throw new SyntaxError('the documents are no list');
  const wrong = list.findIndex(
    (document) => typeof document !== 'string' && (typeof document !== 'object' || document === null),
  );
  if (wrong !== -1) throw new SyntaxError(`document ${wrong} is neither a string nor an object`);
  return list;
}

/**
 * A document as a person reads it.
 * @param {Document} document
 */
export function textOf(document) {
  if (typeof document === 'string') return document;
  return typeof document.text === 'string' ? document.text : JSON.stringify(document);
}

/** @param {string} text @returns {unknown} */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`the list is not JSON: ${/** @type {Error} */ (error).message}`);
  }
}
