/**
 * Copies the sessions of one store into another, in rounds: each lists the source and takes what is
 * not settled at the revision that the list shows, so that what changed while it was copied, or came
 * only then, is taken again in the next one.
 */
import type { Backend } from '../contract/backend.ts';
import { agentOf } from '../model/session-key.ts';
import { sideBySide } from '../model/side-by-side.ts';
import { CopyLedger, LEDGER_KEYS } from './copy-ledger.ts';
import type { CopyProblem, CopyReport, CopySettings } from './copy-report.ts';
import { bringSession, type Outcome } from './one-session.ts';

const ROUNDS = 4;

/** What has come of a session. `rev`: in the source; nothing of a problem is tried again. */
type Settled =
  | { rev: number; records: number; conversations: number; written: boolean }
  | 'problem';

/** Resolves when every session was tried; rejects when one of the two stores fails as a whole. */
export async function copyInto(
  from: Backend,
  to: Backend,
  settings: CopySettings,
): Promise<CopyReport> {
  const ledger = await CopyLedger.open(to, from.location, settings.holder);
  const copy = new Copy(from, to, ledger, settings);
  let report: CopyReport;
  try {
    report = await copy.run();
  } catch (error) {
    // What went wrong is told by that error; the ledger's turn ends with this process as well.
    await ledger.release().catch(() => undefined);
    throw error;
  }
  // Without its ledger, another run would take what this one has in part for somebody else's.
  const finished = report.problems.every(({ code }) => code === 'CONFLICT');
  await (finished ? ledger.remove() : ledger.release());
  return report;
}

class Copy {
  readonly #from: Backend;
  readonly #to: Backend;
  readonly #ledger: CopyLedger;
  readonly #settings: CopySettings;
  readonly #settled = new Map<string, Settled>();
  readonly #problems: CopyProblem[] = [];
  #of = 0;
  #records = 0;

  constructor(from: Backend, to: Backend, ledger: CopyLedger, settings: CopySettings) {
    this.#from = from;
    this.#to = to;
    this.#ledger = ledger;
    this.#settings = settings;
  }

  async run(): Promise<CopyReport> {
    let open = await this.#unsettled();
    for (let round = 1; round <= ROUNDS && open.length > 0; round += 1) {
      await sideBySide(open, this.#settings.parallel, (key) => this.#bring(key));
      open = await this.#unsettled();
    }
    for (const key of open) {
      this.#settled.set(key, 'problem');
      const message = `It changed in the source each of ${ROUNDS} times. Copy again when it is at rest.`;
      this.#problems.push({ key, code: 'CHANGED', message });
    }
    return this.#report(await this.#counted());
  }

  /** Keys of the source that are not the same in the target, as far as is known. */
  async #unsettled(): Promise<string[]> {
    const open: string[] = [];
    const listed = new Set<string>();
    const { agentId } = this.#settings;
    const query = { order: 'key', ...(agentId !== undefined && { agentId }) } as const;
    for await (const { key, rev } of this.#from.list(query)) {
      if (key.startsWith(LEDGER_KEYS)) continue;
      listed.add(key);
      const settled = this.#settled.get(key);
      if (settled !== 'problem' && settled?.rev !== rev) open.push(key);
    }
    // What was removed from the source since it was copied.
    for (const key of [...this.#ledger.keys, ...this.#settled.keys()]) {
      if (listed.has(key) || (agentId !== undefined && agentOf(key) !== agentId)) continue;
      listed.add(key);
      if (this.#settled.get(key) !== 'problem') open.push(key);
    }
    this.#of = listed.size;
    return open;
  }

  async #bring(key: string): Promise<void> {
    const { signal, onProgress } = this.#settings;
    signal?.throwIfAborted();
    const told = () =>
      onProgress?.({ sessions: this.#settled.size, of: this.#of, records: this.#records });
    const outcome = await bringSession(
      { from: this.#from, to: this.#to, ledger: this.#ledger },
      key,
      {
        signal,
        onRecord: () => {
          this.#records += 1;
          told();
        },
      },
    );
    this.#settle(key, outcome);
    told();
  }

  #settle(key: string, outcome: Outcome): void {
    if (outcome.kind === 'same') {
      const { rev, records, conversations } = outcome.sum;
      const { written } = outcome;
      this.#settled.set(key, { rev, records, conversations, written });
    } else if (outcome.kind === 'problem') {
      this.#settled.set(key, 'problem');
      this.#problems.push(outcome.problem);
    } else if (outcome.kind === 'gone') {
      this.#settled.delete(key);
    }
  }

  /** The sessions that are the same, counted once more in what the target lists. */
  async #counted(): Promise<Exclude<Settled, 'problem'>[]> {
    const missing = new Map(this.#settled);
    const found: Exclude<Settled, 'problem'>[] = [];
    for await (const { key } of this.#to.list({ order: 'key' })) {
      const settled = missing.get(key);
      missing.delete(key);
      if (settled !== undefined && settled !== 'problem') found.push(settled);
    }
    for (const [key, settled] of missing) {
      if (settled === 'problem') continue;
      const message = 'It was copied, and then removed from the target by somebody else.';
      this.#problems.push({ key, code: 'SESSION_GONE', message });
    }
    return found;
  }

  #report(found: readonly Exclude<Settled, 'problem'>[]): CopyReport {
    const sum = (count: (each: (typeof found)[number]) => number) =>
      found.reduce((total, each) => total + count(each), 0);
    return {
      ok: this.#problems.length === 0,
      from: this.#from.location,
      to: this.#to.location,
      same: found.length,
      copied: sum(({ written }) => (written ? 1 : 0)),
      conversations: sum(({ conversations }) => conversations),
      records: sum(({ records }) => records),
      problems: this.#problems.sort((a, b) => (a.key < b.key ? -1 : 1)),
    };
  }
}
