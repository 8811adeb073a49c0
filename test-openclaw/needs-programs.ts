import { existsSync } from 'node:fs';
import { NODE, PROGRAMS, RELEASES } from './open-claw.ts';

/** Fails before the first test, and says what is missing: without the programs nothing is proved. */
export default function needsPrograms(): void {
  const wanted = [NODE, ...RELEASES.map((release) => PROGRAMS[release])];
  const missing = wanted.filter((path) => !existsSync(path));
  if (missing.length === 0) return;
  throw new Error(
    `These are not installed: ${missing.join(', ')}. Run \`node scripts/bring-openclaw.js\`, which needs a registry of npm.`,
  );
}
