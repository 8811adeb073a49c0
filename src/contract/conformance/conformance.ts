/**
 * The suite that every back end passes. It uses a store as any user does, states each law in the
 * title of a case, and gives every case keys of its own, so that several processes can run the
 * whole suite on one store at the same time.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Backend } from '../backend.ts';
import type { Store, StoreOptions, Warning } from '../store.ts';
import { activity } from './activity.ts';
import { adopting } from './adopting.ts';
import { archiving } from './archiving.ts';
import { closing } from './closing.ts';
import { entries } from './entries.ts';
import { fencing } from './fencing.ts';
import { freezing } from './freezing.ts';
import { functions } from './functions.ts';
import { guards } from './guards.ts';
import { interrupting } from './interrupting.ts';
import { lanes } from './lanes.ts';
import { limits } from './limits.ts';
import { listing } from './listing.ts';
import { removing } from './removing.ts';
import { reports } from './reports.ts';
import { restarting } from './restarting.ts';
import { revisions } from './revisions.ts';
import { transcriptIds } from './transcript-ids.ts';
import { transcriptPages } from './transcript-pages.ts';
import { transcriptTree } from './transcript-tree.ts';
import { transcripts } from './transcripts.ts';
import { type BackendLaw, type Law, PATIENCE_MS, type Trial, until } from './trial.ts';
import { turns } from './turns.ts';
import { twoStores } from './two-stores.ts';
import { twoStoresTurns } from './two-stores-turns.ts';
import { validation } from './validation.ts';
import { watching } from './watching.ts';

export interface ConformanceOptions {
  /** The test function of any runner: `test` of `node:test` or vitest, `it` of another. */
  test(title: string, run: () => Promise<void>): unknown;
  /**
   * Opens a store with these options. It may have been used before, or be in use by another
   * process that runs this suite.
   */
  open(options?: StoreOptions): Promise<Store>;
  /** Opens another store on the location of this one. Without it, those cases are told as skipped. */
  reopen?(store: Store, options?: StoreOptions): Promise<Store>;
  /** Opens the back end itself, for the verbs that a store does not offer. */
  openBackend?(): Promise<Backend>;
  /**
   * Milliseconds that a case waits for something that must come. Default 20,000: only a case that
   * fails ever uses it up.
   */
  patienceMs?: number;
  /** Told of each case that can not be run here, with the reason. Default: printed. */
  skip?(title: string, reason: string): void;
}

const TOPICS: readonly ((law: Law) => void)[] = [
  entries,
  validation,
  guards,
  functions,
  freezing,
  transcripts,
  transcriptIds,
  transcriptTree,
  transcriptPages,
  revisions,
  turns,
  lanes,
  interrupting,
  limits,
  archiving,
  removing,
  listing,
  watching,
  reports,
  activity,
  closing,
  twoStores,
  twoStoresTurns,
  restarting,
];

const BACKEND_TOPICS: readonly ((law: BackendLaw) => void)[] = [adopting, fencing];

/** Registers the whole suite with a test runner. */
export function conformance(options: ConformanceOptions): void {
  const { test, reopen, openBackend, skip = printSkip } = options;
  // Names must be new at every run on a store that lasts; nothing is decided by their value.
  const run = randomUUID().slice(0, 8);
  let cases = 0;

  const law: Law = (title, body, needs = {}) => {
    cases += 1;
    const agentId = `law-${run}-${cases}`;
    if (needs.another && !reopen) {
      skip(title, 'no `reopen` was given: this back end has no second store on one location');
      return;
    }
    test(title, () => runCase(options, agentId, body, needs.options));
  };

  for (const topic of TOPICS) topic(law);
  const backendLaw: BackendLaw = (title, body) => {
    if (!openBackend) {
      skip(title, 'no `openBackend` was given: a store has no verb for this');
      return;
    }
    law(title, async (t) => {
      const backend = await openBackend();
      try {
        await body(backend, t.key());
      } finally {
        await backend.close();
      }
    });
  };
  for (const topic of BACKEND_TOPICS) topic(backendLaw);
}

/** Runs one case and closes its stores, whatever became of it. */
async function runCase(
  { open, reopen, patienceMs = PATIENCE_MS }: ConformanceOptions,
  agentId: string,
  body: (trial: Trial) => Promise<void>,
  options: StoreOptions | undefined,
): Promise<void> {
  const warnings: Warning[] = [];
  const onWarning = (warning: Warning) => void warnings.push(warning);
  const opened: Store[] = [];
  const keep = async (opening: Promise<Store>) => {
    const store = await opening;
    opened.push(store);
    return store;
  };
  const store = await keep(open({ onWarning, ...options }));
  const key = (tail = 'slack:channel:c1') => `agent:${agentId}:${tail}`;
  const trial: Trial = {
    store,
    agentId,
    warnings,
    key,
    session: (tail) => store.session(key(tail)),
    until: (what, condition) => until(what, condition, patienceMs),
    another(more) {
      assert.ok(reopen, 'this case did not say that it needs another store');
      return keep(reopen(store, { onWarning, ...more }));
    },
  };
  try {
    await body(trial);
  } finally {
    await Promise.all(opened.map((each) => each.close()));
  }
  assert.deepEqual(warnings, [], 'healthy work is done without a warning');
}

function printSkip(title: string, reason: string): void {
  process.stdout.write(`skipped: ${title} (${reason})\n`);
}
