import { button, element } from './elements.js';

const TEXT_MAX = 8_000;

/**
 * Where a message is written: Enter sends it, Shift and Enter begin a line.
 * @param {string} title of the chat
 * @param {(text: string) => void} onSend
 */
export function composer(title, onSend) {
  const field = element('textarea', {
    ...{ rows: '1', maxlength: String(TEXT_MAX), dir: 'auto', 'data-testid': 'field' },
    ...{ placeholder: 'Write a message', 'aria-label': `Message to ${title}` },
  });
  const send = () => {
    const text = field.value.trim();
    if (text === '') return;
    field.value = '';
    onSend(text);
  };
  const press = button('Send', { class: 'strong', 'data-testid': 'send' }, async () => {
    send();
    field.focus();
  });
  field.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  return {
    element: element('div', { class: 'composer' }, field, press),
    /** Puts back what was refused, unless something else is being written. @param {string} text */
    giveBack(text) {
      if (field.value === '') field.value = text;
    },
  };
}

/**
 * What to try in an empty chat.
 * @param {(text: string) => void} onSend
 */
export function suggestions(onSend) {
  const texts = ['Count to 200', 'How are you?'];
  const each = texts.map((text) =>
    button(text, { class: 'chip', 'data-testid': 'suggestion' }, async () => onSend(text)),
  );
  const words =
    'Let one chat count to 200, send it some more, and talk with the other one meanwhile.';
  return element(
    'div',
    { class: 'empty' },
    element('p', {}, words),
    element('div', { class: 'chips' }, ...each),
  );
}
