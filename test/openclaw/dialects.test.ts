import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/openclaw/dialect/dialect.ts';
import { entryInDialect } from '../../src/openclaw/dialect/entry-in-dialect.ts';
import { refersToPrompt } from '../../src/openclaw/dialect/prompt-file.ts';
import { sessionsJsonPieces } from '../../src/openclaw/dialect/sessions-json-text.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SAMPLE = here('../../examples/openclaw/state-dir/agents');
const SMALL = here('fixtures/small/agents');
const VERSIONS = here('fixtures/versions');

/** Every list that a real program wrote, with the directory of its prompts. */
const lists = [
  ...['main', 'work'].flatMap((agent) =>
    [SAMPLE, SMALL].map((agents) => ({
      version: '2026.7.1',
      path: join(agents, agent, 'sessions', 'sessions.json'),
      prompts: join(agents, agent, 'sessions', 'skills-prompts', 'sha256'),
    })),
  ),
  ...readdirSync(VERSIONS).flatMap((version) =>
    readdirSync(join(VERSIONS, version)).map((name) => ({
      version,
      path: join(VERSIONS, version, name),
      prompts: '',
    })),
  ),
];

// biome-ignore lint/suspicious/noExplicitAny: entries of another program
const entriesOf = (path: string): [string, any][] =>
  Object.entries(JSON.parse(readFileSync(path, 'utf8')));

/** The snapshot as a store has it: with the text of its prompt. */
// biome-ignore lint/suspicious/noExplicitAny: a snapshot of another program
function hydrated(snapshot: any, prompts: string): any {
  if (snapshot?.promptRef === undefined) return snapshot;
  const { promptRef, ...rest } = snapshot;
  const path = join(prompts, promptRef.hash.slice(0, 2), `${promptRef.hash}.txt`);
  return { ...rest, prompt: readFileSync(path, 'utf8') };
}

describe('an entry in the dialect of its own version', () => {
  it.each(lists)(
    'R8.4 is what the program wrote: $version, $path',
    ({ version, path, prompts }) => {
      const entries = entriesOf(path);
      expect(entries.length).toBeGreaterThan(0);
      for (const [key, original] of entries) {
        const { sessionId, updatedAt, sessionFile, ...fields } = original;
        const entry = { ...fields };
        if ('skillsSnapshot' in fields) {
          entry.skillsSnapshot = hydrated(fields.skillsSnapshot, prompts);
        }
        const told = { sessionId, updatedAt, entry };
        const made = entryInDialect(told, dialectOf(version), sessionFile);
        expect(made.entry, key).toEqual(original);
        if (original.skillsSnapshot?.promptRef === undefined)
          expect(made.file, key).toBeUndefined();
        else expect(made.file?.text, key).toBe(entry.skillsSnapshot.prompt);
      }
    },
  );

  it.each(lists)('has its text as the program has it: $version, $path', ({ path }) => {
    const text = readFileSync(path, 'utf8');
    expect([...sessionsJsonPieces(entriesOf(path))].join('')).toBe(text);
  });
});

describe('a dialect', () => {
  it.each([
    ['2026.1.24-3', '2026.1.24', 'startedAt'],
    ['2026.2.26', '2026.4.26', 'createdAt'],
    ['2026.4.26', '2026.4.26', 'createdAt'],
    ['2026.5.7', '2026.5.22', undefined],
    ['2026.5.28', '2026.7.1', undefined],
    ['2026.7.1-2', '2026.7.1', undefined],
    ['2026.7.35', '2026.7.1', undefined],
  ])('of %s is that of %s', (version, name, lockTime) => {
    expect(dialectOf(version)).toMatchObject({ name, lockTime });
  });

  it.each([
    ['2026.7.2', 'STORE_UNSUPPORTED'],
    ['2026.9.6', 'STORE_UNSUPPORTED'],
    ['latest', 'INVALID_ENTRY'],
    ['', 'INVALID_ENTRY'],
  ])('is not there for %j', (version, code) => {
    expect(() => dialectOf(version)).toThrow(expect.objectContaining({ code }));
  });

  it('of a version with prompts by reference has them so from 512 characters to 512 KiB', () => {
    const long = 'ä'.repeat(512);
    const { snapshot, file } = refersToPrompt({ skills: [], prompt: long });
    const hash = createHash('sha256').update(long).digest('hex');
    const promptRef = { version: 1, algorithm: 'sha256', hash, bytes: 1_024 };
    expect(snapshot).toEqual({ skills: [], promptRef });
    expect(file).toEqual({
      path: `skills-prompts/sha256/${hash.slice(0, 2)}/${hash}.txt`,
      text: long,
    });
    for (const prompt of ['x'.repeat(511), 'x'.repeat(524_289), 5]) {
      expect(refersToPrompt({ prompt })).toEqual({ snapshot: { prompt } });
    }
  });

  it('says where replies go in all of its places, whichever of them the store has', () => {
    const told = (entry: Record<string, unknown>) => ({ sessionId: 's', updatedAt: 1, entry });
    const wanted = {
      ...{ lastChannel: 'telegram', lastTo: 'telegram:7', lastThreadId: 3 },
      deliveryContext: { channel: 'telegram', to: 'telegram:7', threadId: 3 },
      route: { channel: 'telegram', target: { to: 'telegram:7' }, thread: { id: 3 } },
    };
    const { lastChannel, lastTo, lastThreadId, deliveryContext, route } = wanted;
    for (const entry of [{ lastChannel, lastTo, lastThreadId }, { deliveryContext }, { route }]) {
      expect(entryInDialect(told(entry), dialectOf('2026.7.1'), undefined).entry).toEqual({
        ...{ sessionId: 's', updatedAt: 1 },
        ...wanted,
      });
      const older = entryInDialect(told(entry), dialectOf('2026.4.26'), undefined).entry;
      expect(older).toEqual({
        ...{ sessionId: 's', updatedAt: 1, lastChannel, lastTo, lastThreadId },
        deliveryContext,
      });
    }
  });
});
