/**
 * Keys that the object in a JSON text has more than once on its first level. `JSON.parse` keeps
 * the last one without a word; whoever edited the file by hand may miss the other.
 * The text must be one that `JSON.parse` accepts.
 */
export function repeatedKeys(text: string): string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  let depth = 0;
  let keyNext = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') {
      const end = stringEnd(text, at);
      if (keyNext) {
        const key = JSON.parse(text.slice(at, end)) as string;
        (seen.has(key) ? repeated : seen).add(key);
        keyNext = false;
      }
      at = end - 1;
    } else if (char === '{' || char === '[') {
      depth += 1;
      keyNext = depth === 1;
    } else if (char === '}' || char === ']') {
      depth -= 1;
    } else if (char === ',') {
      keyNext = depth === 1;
    }
  }
  return [...repeated];
}

/** One past the closing quote of the string that begins at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    let escapes = 0;
    while (text[quote - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}
