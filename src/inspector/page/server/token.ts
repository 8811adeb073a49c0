/** The token of the link that opened the page. It is kept for the tab alone. */

const KEPT_AS = 'holdfast-token';

/**
 * Takes the token out of the address before anything else is done, so that it is neither seen over
 * a shoulder nor kept in the history.
 */
export function takeTokenFromAddress(): void {
  const token = /^#\/?token=([^&/]+)/.exec(location.hash)?.[1];
  if (token === undefined) return;
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  sessionStorage.setItem(KEPT_AS, decoded(token));
}

/** The token, or nothing when the page was opened without a link. */
export function token(): string | undefined {
  return sessionStorage.getItem(KEPT_AS) ?? undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray `%`: the server says no to it, as to every wrong token.
    return text;
  }
}
