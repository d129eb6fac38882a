/** @typedef {string | number | Node | null | undefined | false} Child */
/** @typedef {Child | readonly Child[]} Children */

/**
 * @typedef {object} Extras
 * @property {Record<string, (event: any) => void>} [on] listeners
 * @property {Record<string, string>} [style] through the object model, which the content security policy allows
 */

/** @typedef {string | number | boolean | null | undefined} Plain */

/** @typedef {Extras & { [name: string]: Plain | Extras['on'] | Extras['style'] }} Attributes */

/**
 * Makes an element. Whatever is no element becomes text, so that nothing from outside is ever read as markup.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes] undefined, null and false leave one out
 * @param {...Children} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  dress(element, attributes);
  fill(element, children);
  return element;
}

/**
 * The same for SVG.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...Children} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  dress(element, attributes);
  fill(element, children);
  return element;
}

/**
 * Takes the place of everything that is in an element.
 * @param {Element} element
 * @param {...Children} children
 */
export function put(element, ...children) {
  element.replaceChildren();
  fill(element, children);
}

/**
 * @param {HTMLElement | SVGElement} element
 * @param {Attributes} attributes
 */
function dress(element, { on = {}, style = {}, ...attributes }) {
  for (const [name, value] of Object.entries(/** @type {Record<string, Plain>} */ (attributes))) {
    if (value === undefined || value === null || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
}

/**
 * @param {Element} element
 * @param {readonly Children[]} children
 */
function fill(element, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}
