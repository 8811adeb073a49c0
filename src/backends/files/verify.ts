/**
 * `verify`: looks at every file of the store and changes nothing. Each step reports what it finds
 * and none of them stops at a bad session.
 */
import { join } from 'node:path';
import type { Problem, VerifyReport } from '../../contract/reports.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { AgentFiles } from './agent-files.ts';
import { ioError } from './io-error.ts';
import { BESIDE_SESSIONS, isSessionFolder, TEMPORARY_NAME, within } from './layout.ts';
import type { OpenedStore } from './opened-store.ts';
import { Slices } from './slices.ts';
import { namesIn, ownNamesIn, type Verification } from './verification.ts';
import { verifyBlobs } from './verify-blobs.ts';
import { verifySession } from './verify-session.ts';

export async function verifyStore(store: OpenedStore): Promise<VerifyReport> {
  const problems: Problem[] = [];
  const verification: Verification = {
    store,
    slices: new Slices(store.system),
    checked: { sessions: 0, transcripts: 0, archives: 0, bytes: 0 },
    problems,
    transcripts: new Map(),
    report: (problem) => problems.push(problem),
  };
  for (const agent of agentsOf(verification)) {
    await verifyAgent(verification, agent);
    await verifyBlobs(verification, agent);
  }
  const { checked } = verification;
  return { ok: !problems.some(({ severity }) => severity === 'damage'), checked, problems };
}

/** Agents whose directories are what they should be; the others are reported. */
function agentsOf({ store, report }: Verification): AgentFiles[] {
  const directory = join(store.root, 'agents');
  for (const name of namesIn(store, directory)) {
    const facts = store.system.fs.lstatSync(join(directory, name));
    if (facts.isDirectory()) continue;
    report({
      code: 'UNSAFE_PATH',
      severity: 'notice',
      path: within(store.root, join(directory, name)),
      message: 'There is no directory in the place of an agent; it is not followed.',
      remedy: 'Remove it by hand if it does not belong there.',
    });
  }
  return store.agents();
}

async function verifyAgent(verification: Verification, agent: AgentFiles): Promise<void> {
  const { store, report, slices } = verification;
  const { sessions, removed, changes } = agent.paths;
  for (const name of ownNamesIn(verification, changes)) {
    if (!TEMPORARY_NAME.test(name)) continue;
    report({
      code: 'LEFTOVER',
      severity: 'notice',
      path: within(store.root, join(changes, name)),
      message: 'A file that was being written and never got its name.',
      remedy: 'repair removes it once it is an hour old.',
    });
  }
  for (const name of ownNamesIn(verification, removed)) {
    report({
      code: 'LEFTOVER',
      severity: 'notice',
      path: within(store.root, join(removed, name)),
      message: 'The rest of a removed session.',
      remedy: 'The next opening or repair clears it away.',
    });
  }
  for (const name of namesIn(store, sessions)) {
    if (slices.due) await slices.rest();
    if (BESIDE_SESSIONS.test(name)) continue;
    const path = join(sessions, name);
    if (!isSessionFolder(name) || !store.system.fs.lstatSync(path).isDirectory()) {
      report({
        code: 'UNSAFE_PATH',
        severity: isSessionFolder(name) ? 'damage' : 'notice',
        path: within(store.root, path),
        message: 'It is no directory of a session; the store neither follows nor changes it.',
        remedy: 'Remove it by hand if it does not belong there.',
      });
    } else await guarded(verification, path, () => verifySession(verification, agent, name));
  }
}

/** A step that fails is a finding about what it looked at, not the end of the verification. */
async function guarded(
  { store, report }: Verification,
  path: string,
  step: () => Promise<void>,
): Promise<void> {
  try {
    await step();
  } catch (cause) {
    const error = ioError(cause, 'look at a session');
    report({
      code: error.code,
      severity: 'damage',
      ...(error.key !== undefined && { key: error.key }),
      path: within(store.root, path),
      message: error.message,
      remedy: 'See the message; other sessions are not affected.',
    });
    if (!(error instanceof HoldfastError)) throw cause;
  }
}
