/** What a writer says that it tried and that was acknowledged, of each session. */
export interface Written {
  tried: number;
  appended: number;
  updated: number;
  resets: number;
}

/** Reads what was said, whole lines only. */
export function writtenOf(said: string): Map<string, Written> {
  const all = new Map<string, Written>();
  for (const line of said.slice(0, said.lastIndexOf('\n') + 1).split('\n')) {
    const [what, key, number] = line.split(' ');
    if (!key) continue;
    let one = all.get(key);
    if (!one) {
      one = { tried: 0, appended: 0, updated: 0, resets: 0 };
      all.set(key, one);
    }
    const n = Number(number);
    if (what === 'T') one.tried = n;
    else if (what === 'A') one.appended = n;
    else if (what === 'U') one.updated = n;
    else if (what === 'R') one.resets += 1;
  }
  return all;
}
