/**
 * Two spellings of one key. OpenClaw lower-cases keys, except for ids that other networks issue
 * with their case: a Signal group, and whatever follows a Matrix room.
 */

/** The key as OpenClaw 2026.7.1 would write it. */
export function lowerCasedKey(key: string): string {
  const parts = key.split(':');
  const chat = parts[0]?.toLowerCase() === 'agent' ? 2 : 0;
  const channel = parts[chat]?.toLowerCase();
  const kind = parts[chat + 1]?.toLowerCase();
  const opaque = chat + 2;
  let end = opaque;
  if (channel === 'signal' && kind === 'group') end = opaque + 1;
  if (channel === 'matrix' && (kind === 'channel' || kind === 'group')) end = parts.length;
  return parts
    .map((part, index) => (index >= opaque && index < end ? part : part.toLowerCase()))
    .join(':');
}

/**
 * Of all spellings of one key the one with the newest `updatedAt`; the first in the file wins a
 * tie. The others are returned with the key that they lost to.
 */
export function newestSpelling<C extends { key: string; updatedAt: number }>(
  candidates: readonly C[],
): { kept: C[]; lost: { candidate: C; to: C }[] } {
  const winners = new Map<string, C>();
  for (const candidate of candidates) {
    const name = lowerCasedKey(candidate.key);
    const best = winners.get(name);
    if (best === undefined || candidate.updatedAt > best.updatedAt) winners.set(name, candidate);
  }
  const kept: C[] = [];
  const lost: { candidate: C; to: C }[] = [];
  for (const candidate of candidates) {
    const to = winners.get(lowerCasedKey(candidate.key)) as C;
    if (to === candidate) kept.push(candidate);
    else lost.push({ candidate, to });
  }
  return { kept, lost };
}
