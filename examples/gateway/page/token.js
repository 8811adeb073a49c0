const KEPT_AS = 'holdfast-gateway-token';

/**
 * The secret of the link: taken out of the address bar at once, and kept for this tab alone.
 * @returns {string} empty when the page was opened without it
 */
export function takeToken() {
  const [, given] = /^#token=([\w-]+)$/.exec(location.hash) ?? [];
  if (given !== undefined) {
    sessionStorage.setItem(KEPT_AS, given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(KEPT_AS) ?? '';
}
