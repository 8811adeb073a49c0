/**
 * The conformance suite on one directory, in a process of its own: on another file system, another
 * release of Node, or on Windows, where nothing can be printed. What came of it is written to a file.
 *
 *     node suite.js <directory> <results.json> [every nth case]
 *
 * Whether locks exclude is probed by a second process at the first opening only: under Wine each
 * start of a process takes a second, and the suite opens hundreds of stores.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { openStore, storeOver } from 'holdfast';
import { conformance } from 'holdfast/conformance';
import { openFiles } from '../../../dist/backends/files/open-files.js';
import { realSystem } from '../../../dist/system/system.js';

const [directory, results, nth = '1'] = process.argv.slice(2);
const probedOnce = { ...realSystem, mount: { ...realSystem.mount, excludes: async () => true } };
let opened = 0;

async function open(options = {}) {
  opened += 1;
  if (opened === 1) await (await openStore(directory)).close();
  const settings = { durability: 'process', lockWaitMs: 10_000, openFilesMax: 128, ...options };
  const instance = options.instance ?? `suite-${opened}`;
  const onWarning = options.onWarning ?? (() => undefined);
  const backend = await openFiles(directory, { ...settings, instance, onWarning }, probedOnce);
  return storeOver(backend, { ...options, instance });
}

const cases = [];
conformance({
  test: (title, run) => cases.push({ title, run }),
  open,
  reopen: (_store, options) => open(options),
  skip: () => undefined,
  patienceMs: 60_000,
});

const chosen = cases.filter((_, at) => at % Number(nth) === 0);
const failures = [];
const slowest = [];
for (const { title, run } of chosen) {
  const began = performance.now();
  try {
    await run();
  } catch (error) {
    failures.push({ title, failure: error.stack ?? String(error) });
  }
  slowest.push([Math.round(performance.now() - began), title]);
  if (process.env.LANE_DEBUG) writeFileSync(`${results}.at`, JSON.stringify(slowest));
}
slowest.sort(([a], [b]) => b - a);
const { platform, version } = process;
const report = { platform, version, cases: chosen.length, failures, slowest: slowest.slice(0, 10) };
// Whoever waits for the file never sees half of it.
writeFileSync(`${results}.part`, JSON.stringify(report));
renameSync(`${results}.part`, results);
