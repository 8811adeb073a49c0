import type { Backend } from '../../../src/contract/backend.ts';
import type { Revision } from '../../../src/model/state.ts';
import type { Breakage } from './breakage.ts';

/** Tells each revision differently. */
const told = (change: (revision: Revision) => Partial<Revision>) => (good: Backend) => ({
  revisions: async (...[key, ask]: Parameters<Backend['revisions']>) =>
    (await good.revisions(key, ask)).map((each) => Object.freeze({ ...each, ...change(each) })),
});

/** Ways to break what the contract says of pages, revisions, sizes and figures. */
export const lookingLaws: readonly Breakage[] = [
  {
    name: 'a range that ignores `before`',
    broken: (good) => ({
      transcript: (key, { before: _, ...range }) => good.transcript(key, range),
    }),
  },
  {
    name: 'a page that holds the record before which it ends',
    broken: (good) => ({
      transcript: (key, { before, ...range }) =>
        good.transcript(key, { ...range, ...(before !== undefined && { before: before + 1 }) }),
    }),
  },
  {
    name: 'a page whose last records are counted from the end of the transcript',
    broken: (good) => ({
      async *transcript(key, { before = Number.POSITIVE_INFINITY, ...range }) {
        for await (const record of good.transcript(key, range)) {
          if (record.seq < before) yield record;
        }
      },
    }),
  },
  {
    name: 'revisions that come oldest first',
    broken: (good) => ({
      revisions: async (key, ask) => (await good.revisions(key, ask)).reverse(),
    }),
  },
  {
    name: 'revisions of which the newest is missing',
    broken: (good) => ({
      revisions: async (key, ask) => (await good.revisions(key, ask)).slice(1),
    }),
  },
  {
    name: 'revisions that are more than were asked for',
    broken: (good) => ({ revisions: (key) => good.revisions(key, { last: 1_000 }) }),
  },
  {
    name: 'revisions of a session that does not exist',
    broken: (good) => ({
      async revisions(key, ask) {
        const known = await good.revisions(key, ask);
        if (known.length > 0) return known;
        return [{ rev: 0, at: 0, sessionId: '', set: {}, unset: [], whole: true }];
      },
    }),
  },
  {
    name: 'revisions that all belong to the conversation of today',
    broken: (good) => ({
      async revisions(key, ask) {
        const sessionId = (await good.read(key))?.sessionId ?? '';
        return (await good.revisions(key, ask)).map((each) => ({ ...each, sessionId }));
      },
    }),
  },
  {
    name: 'a change that is told as all of the entry',
    broken: told(() => ({ whole: true })),
  },
  {
    name: 'a reset that is told as a change',
    broken: told(({ rev, whole }) => ({ whole: whole && rev === 1 })),
  },
  { name: 'removed fields that no revision tells', broken: told(() => ({ unset: [] })) },
  {
    name: 'a revision whose fields can be changed',
    broken: told(({ set }) => ({ set: { ...set } })),
  },
  { name: 'a revision of another moment', broken: told(({ at }) => ({ at: at + 1 })) },
  {
    name: 'a size of what does not exist',
    broken: (good) => ({
      size: async (key) => (await good.size(key)) ?? { metadata: 0, transcript: 0, archives: 0 },
    }),
  },
  {
    name: 'a size that is that of the first look',
    broken(good) {
      const seen = new Map<string, ReturnType<Backend['size']>>();
      return {
        async size(key) {
          if (!(await good.read(key))) return undefined;
          const size = seen.get(key) ?? good.size(key);
          seen.set(key, size);
          return size;
        },
      };
    },
  },
  {
    name: 'a size that counts former conversations to the active one',
    broken: (good) => ({
      async size(key) {
        const size = await good.size(key);
        return size && { ...size, transcript: size.transcript + size.archives, archives: 0 };
      },
    }),
  },
  {
    name: 'figures in which every archive is young',
    broken: (good) => ({
      async figures() {
        const figures = await good.figures();
        const [young, ...others] = figures.archivesByAge;
        const empty = others.map(({ upToDays }) => ({ upToDays, count: 0, bytes: 0 }));
        const { archives: count, bytes } = figures;
        const all = { upToDays: young?.upToDays ?? null, count, bytes: bytes.archives };
        return { ...figures, archivesByAge: [all, ...empty] };
      },
    }),
  },
  {
    name: 'figures that leave out the archives of the last day',
    broken: (good) => ({
      async figures() {
        const figures = await good.figures();
        return { ...figures, archivesByAge: figures.archivesByAge.slice(1) };
      },
    }),
  },
];
