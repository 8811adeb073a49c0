import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The secret in the link, made once and kept where only its owner can read it: a gateway that is
 * started again is met by the pages that it left behind.
 * @param {string} directory made when it is not there
 */
export function tokenOf(directory) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'token');
  if (existsSync(path)) {
    const kept = readFileSync(path, 'utf8').trim();
    if (/^[\w-]{43}$/.test(kept)) return kept;
  }
  const token = randomBytes(32).toString('base64url');
  writeFileSync(path, `${token}\n`, { mode: 0o600 });
  return token;
}
