/** Whether a key belongs to what the reader is typing or choosing, or to the browser itself. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  const at = event.target;
  if (!(at instanceof HTMLElement)) return false;
  return at.isContentEditable || at.closest('input, textarea, select, dialog') !== null;
}
