import { button, element } from './elements.js';

/**
 * Former conversations, each of which can be had back.
 * @param {{ sessionId: string, archivedAt: number, bytes: number, turns: number }[]} archives newest first
 * @param {(sessionId: string) => Promise<void>} onRestore
 */
export function archiveRows(archives, onRestore) {
  return archives.map(({ sessionId, archivedAt, bytes, turns }) => {
    const at = new Date(archivedAt);
    const time = element('time', { datetime: at.toISOString() }, at.toLocaleTimeString());
    const size = `${turns} ${turns === 1 ? 'turn' : 'turns'}, ${sizeText(bytes)}`;
    const restore = button('Restore', { class: 'quiet', 'data-testid': 'restore' }, () =>
      onRestore(sessionId),
    );
    const attributes = { 'data-testid': 'archive', 'data-session-id': sessionId };
    return element('li', attributes, time, element('span', {}, size), restore);
  });
}

/** @param {number} bytes */
function sizeText(bytes) {
  return bytes < 1_024 ? `${bytes} B` : `${(bytes / 1_024).toFixed(1)} KB`;
}
