/**
 * Which of many keys (or session ids) a person means by a part of one. A better sort of match wins
 * over a worse one, so that `c02` finds `agent:main:slack:channel:c02` although `...:c024` exists:
 *
 * 1. whole segments at the end, 2. whole segments anywhere, 3. the end, 4. anywhere.
 *
 * Letters match in either case: a key in lower case is often copied from a place that shows capitals.
 */
export function matchText(
  part: string,
  texts: Iterable<string>,
  options: { wholeSegments?: boolean } = {},
): string[] {
  const wanted = part.toLowerCase();
  const found: [string[], string[], string[], string[]] = [[], [], [], []];
  if (wanted === '') return [];
  for (const text of texts) {
    const sort = sortOf(text.toLowerCase(), wanted);
    if (sort !== undefined) found[sort].push(text);
  }
  const sorts = options.wholeSegments === true ? found.slice(0, 2) : found;
  return sorts.find((matches) => matches.length > 0) ?? [];
}

function sortOf(text: string, part: string): 0 | 1 | 2 | 3 | undefined {
  if (text === part || text.endsWith(`:${part}`)) return 0;
  if (text.startsWith(`${part}:`) || text.includes(`:${part}:`)) return 1;
  if (text.endsWith(part)) return 2;
  return text.includes(part) ? 3 : undefined;
}
