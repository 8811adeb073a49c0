/** What a location of a store means. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HoldfastError } from './model/errors.ts';
import { hasControl, isWellFormed, shown } from './model/text.ts';

export type StorePlace =
  | { kind: 'memory'; name: string }
  | { kind: 'files'; path: string }
  | { kind: 'postgres'; url: string };

const SCHEME = /^([a-z][a-z0-9+.-]+):/i;

/** What other programs show instead of a path, or still have to fill in. */
const LABEL = /^\(multiple\)$|\{agentId\}/;

/** The place that a path or a URL names. `INVALID_ENTRY` for what names none. */
export function storePlace(location: unknown): StorePlace {
  const text = location instanceof URL ? location.href : location;
  if (typeof text !== 'string' || text === '' || hasControl(text) || !isWellFormed(text)) {
    throw new HoldfastError(
      'INVALID_ENTRY',
      `${shown(text)} is not the location of a store: give a directory, a file: URL or memory:<name>.`,
    );
  }
  if (LABEL.test(text)) {
    throw new HoldfastError(
      'INVALID_ENTRY',
      `${shown(text)} is a label or a template, not the location of a store. One store holds all agents: give its directory.`,
    );
  }
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'memory') return { kind: 'memory', name: text.slice('memory:'.length) };
  if (scheme === 'file') return { kind: 'files', path: pathOfUrl(text) };
  if (scheme === 'postgres' || scheme === 'postgresql') {
    return { kind: 'postgres', url: text };
  }
  if (
    location instanceof URL ||
    (scheme !== undefined && text.startsWith('//', scheme.length + 1))
  ) {
    unsupported(scheme, 'use a directory, a file: URL or memory:<name>');
  }
  return { kind: 'files', path: resolve(text) };
}

function pathOfUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    const message = `${shown(url)} is not the location of a store: it names no directory of this machine.`;
    throw new HoldfastError('INVALID_ENTRY', message, { cause });
  }
}

/** Says nothing of the location but its scheme: the rest may hold a password. */
function unsupported(scheme: string | undefined, remedy: string): never {
  throw new HoldfastError(
    'STORE_UNSUPPORTED',
    `There is no back end for ${scheme}: locations: ${remedy}.`,
  );
}
