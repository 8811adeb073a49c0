import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isTest, ROOT, repositoryFiles } from './tidy/source-files.ts';

const files = repositoryFiles();
const pages = files.filter(({ path }) => /^(docs\/.*|[A-Z]+)\.md$/.test(path));
const facts = files.find(({ path }) => path === 'docs/acceptance.md')?.text ?? '';
const ids = [...facts.matchAll(/^- \*\*((?:R\d+|C)\.\d+)\*\* /gm)].map((match) => match[1] ?? '');

describe('the documentation', () => {
  it('lists every acceptance fact once, in order', () => {
    const counts: Record<string, number> = {};
    for (const id of ids) {
      const [section = '', number] = id.split('.');
      counts[section] = (counts[section] ?? 0) + 1;
      expect(Number(number), id).toBe(counts[section]);
    }
    expect(counts).toEqual({
      ...{ R1: 11, R2: 8, R3: 7, R4: 8, R5: 8, R6: 7, R7: 12, R8: 5, R9: 5, R10: 7, R11: 11 },
      C: 19,
    });
  });

  it('has a fact for every id that a test names', () => {
    const named = files.filter(isTest).flatMap(({ path, text }) => {
      const titles = text.matchAll(
        /\b(?:it|test|describe)\b[^'"`\n]*\(\s*['"`]((?:R\d+|C)\.\d+)\b/g,
      );
      return [...titles].map((match) => ({ path, id: match[1] ?? '' }));
    });
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter(({ id }) => !ids.includes(id))).toEqual([]);
  });

  it.each([
    ['an errors page', 'scripts/errors-page.js'],
    ['a page of the command line', 'scripts/cli-page.js'],
  ])(
    'has %s that is made from the code',
    (_page, script) => {
      const run = spawnSync(process.execPath, [script, '--check'], { cwd: ROOT, encoding: 'utf8' });
      expect(run.stderr).toBe('');
      expect(run.status).toBe(0);
      // Some forty commands, one after the other, each a process of its own.
    },
    240_000,
  );

  it('begins with code that runs', () => {
    const readme = files.find(({ path }) => path === 'README.md');
    const first = /```js\n([\s\S]*?)```/.exec(readme?.text ?? '')?.[1] ?? '';
    expect(readme?.lines.slice(0, 20).join('\n')).toContain(first.trimEnd());
    const directory = mkdtempSync(join(tmpdir(), 'holdfast-readme-'));
    try {
      const code = first.replace("'./state'", JSON.stringify(join(directory, 'state')));
      const run = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
        cwd: ROOT,
        encoding: 'utf8',
      });
      expect(run.stderr).toBe('');
      expect(run.stdout).toMatch(/^agent:main:slack:channel:c024 \d+\n$/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('shows lines of the format whose checksums are right', () => {
    const format = files.find(({ path }) => path === 'docs/format.md')?.text ?? '';
    const sealed = [...format.matchAll(/^(\{.+),"c":"([0-9a-f]{8})"\}$/gm)];
    expect(sealed.length).toBeGreaterThan(5);
    for (const [, open = '', checksum] of sealed) {
      expect(crc32(open).toString(16).padStart(8, '0'), open).toBe(checksum);
      expect(() => JSON.parse(`${open}}`)).not.toThrow();
    }
  });

  it('links to files that are there', () => {
    const links = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => ({
        path,
        target: match[1] ?? '',
      })),
    );
    expect(links.length).toBeGreaterThan(0);
    const broken = links.filter(
      ({ path, target }) => !existsSync(join(ROOT, dirname(path), target)),
    );
    expect(broken).toEqual([]);
  });
});
