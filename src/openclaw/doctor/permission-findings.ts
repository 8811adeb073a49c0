import type { FileFacts } from '../../system/file-system.ts';
import type { Examination } from './examination.ts';

const OTHERS_WRITE = 0o022;
const OTHERS = 0o077;
/** What an examination and a change of permissions are about. */
const BITS = 0o7777;

/** Whoever may write here decides what both programs find: which transcript, which settings. */
export function permissionFinding(
  { findings, system, reachable }: Examination,
  path: string,
  facts: FileFacts,
): void {
  const mode = facts.mode & BITS;
  if (system.machine.windows || !reachable || facts.isSymbolicLink()) return;
  if ((mode & OTHERS_WRITE) === 0) return;
  findings.add('OTHERS_MAY_WRITE', {
    path,
    reason: `its permissions are ${octal(mode)}: other users may change it`,
    remedy: 'Run `chmod go-w` on it, or let `--fix` do so.',
    fix: { do: 'chmod', from: mode, to: mode & ~OTHERS_WRITE },
  });
}

/** The state directory itself: closed, it protects everything in it. */
export function rootPermissionFinding(examination: Examination, facts: FileFacts): void {
  const { findings, system } = examination;
  const mode = facts.mode & BITS;
  if (system.machine.windows || (mode & OTHERS) === 0) return;
  if ((mode & OTHERS_WRITE) !== 0) {
    permissionFinding(examination, '', facts);
    return;
  }
  findings.add('OTHERS_MAY_READ', {
    path: '',
    reason: `its permissions are ${octal(mode)}: other users may look into it, and conversations are private`,
    remedy: 'Run `chmod 700` on the state directory, or let `--fix` do so.',
    fix: { do: 'chmod', from: mode, to: mode & ~OTHERS },
  });
}

/** Whether other users get into the directory at all. */
export function isReachable(facts: FileFacts): boolean {
  return (facts.mode & OTHERS) !== 0;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}
