/**
 * What a run of the tests covered of the source: the dumps that every process of the run left, added
 * up, and led back from the built package to the source through source maps.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CoverageReport } from 'monocart-coverage-reports';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIST = join(ROOT, 'dist/');
const DIST_URL = pathToFileURL(DIST).href;

/** What counts: all but the suite for back ends, which is tests. */
const counts = (path) => !path.startsWith('contract/conformance/');

/** The code of a built file, without the comment that names its map. */
function codeOf(path) {
  return readFileSync(path, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
}

/** The map of a built file to its source, from a build of the same source beside it. */
function mapOf(path, maps) {
  if (codeOf(join(DIST, path)) !== codeOf(join(maps, path))) {
    throw new Error(`dist/${path} was not built from this source. Run npm run build.`);
  }
  const source = `src/${path.replace(/\.js$/, '.ts')}`;
  const map = JSON.parse(readFileSync(join(maps, `${path}.map`), 'utf8'));
  const sourcesContent = [readFileSync(join(ROOT, source), 'utf8')];
  return { ...map, sourceRoot: '', sources: [source], sourcesContent };
}

/**
 * Reads the dumps of a run. `maps` is a build of the same source with source maps. Resolves to the
 * files of the source, each with its counts and the lines that no process ran; where only a branch was
 * not taken, the line has a question mark.
 */
export async function coverageOf(dumps, maps) {
  const report = new CoverageReport({
    outputDir: join(maps, 'report'),
    logging: 'error',
    clean: false,
    reports: ['none'],
    entryFilter: ({ url }) => url.startsWith(DIST_URL),
    onEntry: (entry) => {
      entry.sourceMap = mapOf(entry.url.slice(DIST_URL.length), maps);
    },
  });
  leaveOutTorn(dumps);
  await report.addFromDir(dumps);
  const { files } = await report.generate();
  const covered = files.map(({ sourcePath, summary, data }) => ({
    path: sourcePath.replace(/^src\//, ''),
    branches: summary.branches,
    ...linesOf(sourcePath, data),
  }));
  return covered.filter(({ path }) => counts(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Processes are killed in these tests, some of them while they write their dump. */
function leaveOutTorn(dumps) {
  for (const name of readdirSync(dumps)) {
    const path = join(dumps, name);
    try {
      JSON.parse(readFileSync(path, 'utf8'));
    } catch (cause) {
      console.log(`${name} does not count: ${cause.message.slice(0, 80)}`);
      rmSync(path);
    }
  }
}

/**
 * Lines on which a statement begins: those of types, comments and brackets say nothing. A line was
 * run when all of its statements were.
 */
function linesOf(sourcePath, { statements, branches }) {
  const text = readFileSync(join(ROOT, sourcePath), 'utf8');
  const lineAt = (offset) => text.slice(0, offset).split('\n').length;
  const ran = new Map();
  for (const { start, count } of statements) {
    const line = lineAt(start);
    ran.set(line, (ran.get(line) ?? true) && count > 0);
  }
  const missed = [...ran].filter(([, all]) => !all).map(([line]) => line);
  const half = branches.filter(({ count }) => count === 0).map(({ start }) => lineAt(start));
  return {
    lines: { covered: ran.size - missed.length, total: ran.size },
    missed: [...missed, ...half.filter((line) => !missed.includes(line)).map((line) => `${line}?`)],
  };
}

/** Files of the source in which there is something to run, and that no process of the run loaded. */
export function neverLoaded(covered) {
  const loaded = new Set(covered.map(({ path }) => path));
  return readdirSync(DIST, { recursive: true })
    .filter((path) => path.endsWith('.js'))
    .filter((path) => !/^\s*export \{\};\s*$/.test(codeOf(join(DIST, path))))
    .map((path) => path.replace(/\.js$/, '.ts'))
    .filter((path) => counts(path) && !loaded.has(path));
}
