/**
 * The text of a `sessions.json`, in pieces, one for each entry: two spaces, no newline at the end,
 * as the program itself writes it, which later finds an entry by this very layout.
 */
export function* sessionsJsonPieces(
  entries: Iterable<readonly [key: string, entry: unknown]>,
): Generator<string, void> {
  let first = true;
  for (const [key, entry] of entries) {
    yield entryPiece(key, entry, first);
    first = false;
  }
  yield endPiece(first);
}

/** One entry of the text, with what stands before it. */
export function entryPiece(key: string, entry: unknown, first: boolean): string {
  return `${first ? '{' : ','}\n  ${JSON.stringify(key)}: ${indented(entry)}`;
}

/** What stands behind the last entry; `empty`: there was none. */
export function endPiece(empty: boolean): string {
  return empty ? '{}' : '\n}';
}

function indented(entry: unknown): string {
  return JSON.stringify(entry, null, 2).replaceAll('\n', '\n  ');
}
