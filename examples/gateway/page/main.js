/** The page: one panel for each chat, all from one stream. */
import { ChatPanel } from './chat-panel.js';
import { Connection } from './connection.js';
import { element, setText } from './elements.js';
import { takeToken } from './token.js';

const TICK_MS = 500;

const at = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const connection = new Connection(takeToken());
/** @type {Map<string, ChatPanel>} */
const panels = new Map();

at('inspector').setAttribute('href', connection.inspector);
setInterval(() => {
  for (const panel of panels.values()) panel.tick();
}, TICK_MS);

await connection.listen({ onEvent, onState });
at('live').dataset.state = 'lost';
setText(at('live'), 'refused');
at('chats').replaceChildren(
  element(
    'div',
    { class: 'refused', 'data-testid': 'refused' },
    element('h2', {}, 'This page needs its link'),
    element(
      'p',
      {},
      'Open the link that the gateway has printed. It ends in #token= and a secret.',
    ),
  ),
);

/** @param {string} event @param {any} data */
function onEvent(event, data) {
  if (event === 'gateway') setText(at('agent'), `${data.agent} · process ${data.pid}`);
  else if (event === 'chat') show(data);
  else if (event === 'words') panels.get(data.chat)?.hear(data);
}

/** @param {any} view */
function show(view) {
  const panel = panels.get(view.name);
  if (panel !== undefined) return panel.show(view);
  const made = new ChatPanel(view, connection);
  panels.set(view.name, made);
  at('chats').append(made.element);
  void made.flush();
}

/** @param {'live' | 'lost'} state */
function onState(state) {
  at('live').dataset.state = state;
  setText(at('live'), state === 'live' ? 'live' : 'lost');
  at('lost').hidden = state === 'live';
  for (const panel of panels.values()) panel.setLive(state === 'live');
}
