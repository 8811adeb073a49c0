import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../frame/needs.ts';

const DIRECTORY = fileURLToPath(new URL('.', import.meta.url));
/** The peers ask for a newer Node than ours; each is run on one that it supports. */
export const NODE = `${DIRECTORY}node_modules/node-linux-24/bin/node`;

export const requirePeer = createRequire(import.meta.url);

/** Installs the peers where no user of the package ever gets them. */
export function bringPeers(): void {
  if (existsSync(NODE)) return;
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  runProgram('npm', ['--prefix', DIRECTORY, ...words], 180_000);
}

/** The version of a peer that is installed. */
export function versionOf(peer: string): string {
  const text = readFileSync(`${DIRECTORY}node_modules/${peer}/package.json`, 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
