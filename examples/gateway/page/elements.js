/**
 * Makes an element. Children that are strings become text, never markup: what people and models
 * write is shown, not run.
 * @param {string} tag
 * @param {Record<string, string | boolean | undefined>} [attributes] `true` is an empty one; `false` and `undefined` are left out
 * @param {(Node | string | undefined | false)[]} children
 * @returns {any}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

/**
 * A button that can not be pressed again before what it does has ended.
 * @param {string} text
 * @param {Record<string, string | boolean | undefined>} attributes
 * @param {() => Promise<unknown>} press
 */
export function button(text, attributes, press) {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', async () => {
    if (made.getAttribute('aria-disabled') === 'true') return;
    made.setAttribute('aria-disabled', 'true');
    try {
      await press();
    } finally {
      made.removeAttribute('aria-disabled');
    }
  });
  return made;
}

/** Changes an attribute that is there or not. @param {Element} of @param {string} name @param {boolean} there */
export function toggle(of, name, there) {
  if (of.hasAttribute(name) !== there) of.toggleAttribute(name, there);
}

/** Changes a text only when it is another one, so that a selection in it stays. @param {Node} of @param {string} text */
export function setText(of, text) {
  if (of.textContent !== text) of.textContent = text;
}

/** Puts children into their places; those that are there already are not touched. @param {Element} parent @param {Element[]} children */
export function setChildren(parent, children) {
  const same = children.length === parent.children.length;
  if (same && children.every((child, n) => child === parent.children[n])) return;
  parent.replaceChildren(...children);
}
