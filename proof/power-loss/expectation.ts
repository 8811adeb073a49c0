import { type Told, type View, wordsOf } from './view.ts';

/** What may be seen of a session after a crash. */
export interface Expectation {
  /** States of the session, each as its words; `undefined` stands for none. */
  readonly told: ReadonlyMap<string, Told | undefined>;
  /** The session may be gone, so its very first line may be lost with all it said. */
  readonly mayBeNew: boolean;
  /** All texts that each conversation may have, in their order. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** How many of them, from the first on, have to be there. */
  readonly textsKept: ReadonlyMap<string, number>;
}

/** The views from `first` to `last`, and what has to be kept of each conversation. */
export function expectationOf(
  views: readonly View[],
  first: number,
  last: number,
  textsKept: ReadonlyMap<string, number>,
): Expectation {
  const allowed = views.slice(first, last + 1).map(({ told }) => told);
  return {
    told: new Map(allowed.map((told): [string, Told | undefined] => [wordsOf(told), told])),
    mayBeNew: allowed.includes(undefined),
    texts: (views[last] as View).records,
    textsKept,
  };
}

/** How many texts each conversation of a view has. */
export function countsOf({ records }: View): Map<string, number> {
  return new Map([...records].map(([sessionId, texts]) => [sessionId, texts.length]));
}

/** What is wrong with what was seen; nothing when all is well. */
export function breachOf(view: View, expected: Expectation): string | undefined {
  const words = wordsOf(view.told);
  if (!expected.told.has(words)) {
    return `it shows ${words}, which it never was; it may be ${[...expected.told.keys()].join(' | ')}`;
  }
  for (const [sessionId, seen] of view.records) {
    const all = expected.texts.get(sessionId) ?? [];
    const kept = expected.textsKept.get(sessionId) ?? 0;
    const lost = all.slice(0, kept).findIndex((text, n) => seen[n] !== text);
    if (lost >= 0) return `record ${lost} of ${sessionId}, which was acknowledged, is lost`;
    let at = kept;
    for (const text of seen.slice(kept)) {
      at = all.indexOf(text, at) + 1;
      if (at === 0) return `${sessionId} has a record that was never its: ${text.slice(0, 40)}`;
    }
  }
  return undefined;
}
