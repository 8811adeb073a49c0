/**
 * The text of a `sessions.json`, in pieces, one for each entry: two spaces, no newline at the end,
 * as the program itself writes it, which later finds an entry by this very layout.
 */
export function* sessionsJsonPieces(
  entries: Iterable<readonly [key: string, entry: unknown]>,
): Generator<string, void> {
  let first = true;
  for (const [key, entry] of entries) {
    yield `${first ? '{' : ','}\n  ${JSON.stringify(key)}: ${indented(entry)}`;
    first = false;
  }
  yield first ? '{}' : '\n}';
}

function indented(entry: unknown): string {
  return JSON.stringify(entry, null, 2).replaceAll('\n', '\n  ');
}
