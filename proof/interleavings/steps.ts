/**
 * What the processes of an interleaving do, said once for the files and for the memory back end. A
 * step tells what its caller learnt, without ids and times, so that both can be compared.
 */
import { foldLog } from '../../src/backends/files/fold-log.ts';
import type { OpenedStore } from '../../src/backends/files/opened-store.ts';
import { tidyStore } from '../../src/backends/files/tidy-store.ts';
import type { Backend, Guard, TurnAsk } from '../../src/contract/backend.ts';
import { isHoldfastError } from '../../src/model/errors.ts';
import type { Change, SessionState, TranscriptRecord } from '../../src/model/state.ts';

export const KEY = 'agent:main:slack:channel:c1';

/** One process as its steps see it. */
export interface Peer {
  readonly backend: Backend;
  /** What lies under a files back end. */
  readonly store?: OpenedStore;
  /** What one step leaves for the next ones of the same process. */
  fence?: number;
  changes?: AsyncIterator<Change>;
}

export interface Step {
  readonly name: string;
  run(peer: Peer): Promise<unknown>;
}

/** What a step gave, or the code of its refusal. Anything else is a fault and is thrown. */
export async function outcomeOf(step: Step, peer: Peer): Promise<unknown> {
  try {
    return await step.run(peer);
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    return error.code;
  }
}

const brief = (state: SessionState | undefined) =>
  state ? { rev: state.rev, entry: state.entry } : 'missing';

/** Adds one to a field, by a function. */
export function increment(field: string, guard: Guard = {}): Step {
  return {
    name: `increment ${field}`,
    run: async ({ backend }) =>
      brief(await backend.update(KEY, (e) => ({ [field]: (e[field] ?? 0) + 1 }), guard)),
  };
}

export function set(field: string, value: unknown, guard: Guard = {}): Step {
  return {
    name: `set ${field}`,
    run: async ({ backend }) => brief(await backend.update(KEY, { [field]: value }, guard)),
  };
}

export const read: Step = {
  name: 'read',
  run: async ({ backend }) => brief(await backend.read(KEY)),
};

export function append(text: string, id?: string): Step {
  return {
    name: `append ${text}`,
    run: async ({ backend }) => {
      await backend.append(KEY, { type: 'note', text }, id === undefined ? {} : { id }, {});
      return 'appended';
    },
  };
}

export const reset: Step = {
  name: 'reset',
  run: async ({ backend }) => brief(await backend.reset(KEY, { reason: 'new', keep: ['n'] }, {})),
};

export const restore: Step = {
  name: 'restore',
  run: async ({ backend }) => {
    const [newest] = await backend.archives(KEY);
    return newest ? brief(await backend.restore(KEY, newest.sessionId, {})) : 'nothing';
  },
};

export const remove: Step = {
  name: 'remove',
  run: ({ backend }) => backend.remove(KEY, {}),
};

/** Folds the metadata log, however short it is. */
export const fold: Step = {
  name: 'fold',
  run: async ({ store }) => {
    if (store) await foldLog(store, store.session(KEY));
    return 'folded';
  },
};

/** What an opening clears away. */
export const tidy: Step = {
  name: 'tidy',
  run: async ({ store }) => {
    if (store) await tidyStore(store);
    return 'tidied';
  },
};

export const list: Step = {
  name: 'list',
  run: async ({ backend }) => {
    const rows: unknown[] = [];
    for await (const { key, rev } of backend.list({ order: 'key' })) rows.push({ key, rev });
    return rows;
  },
};

/** A listing that shows turns. */
export const listTurns: Step = {
  name: 'list turns',
  run: async ({ backend }) => {
    const rows: unknown[] = [];
    for await (const { rev, turn } of backend.list({ order: 'key' })) rows.push([rev, turn?.fence]);
    return rows;
  },
};

/** Begins a turn; `graceMs` interrupts the running one and overtakes it. */
export function begin(ask: Partial<TurnAsk> & { graceMs?: number } = {}): Step {
  const { graceMs, ...rest } = ask;
  return {
    name: graceMs === undefined ? 'begin' : 'overtake',
    run: async (peer) => {
      const grant = await peer.backend.beginTurn(KEY, {
        holder: { host: 'here', pid: 1, instance: 'proof' },
        waitMs: 600_000,
        ...(graceMs !== undefined && { interrupt: { graceMs, reason: 'newer' } }),
        onInterrupt: () => undefined,
        onLost: () => undefined,
        ...rest,
      });
      peer.fence = grant.fence;
      return { fence: grant.fence, previous: grant.previous?.ended ?? 'none' };
    },
  };
}

export const end: Step = {
  name: 'end',
  run: async ({ backend, fence }) => {
    await backend.endTurn(KEY, fence ?? 0);
    return 'ended';
  },
};

/** A write through the turn that this process holds or held. */
export function fenced(field: string): Step {
  return {
    name: `fenced ${field}`,
    run: async ({ backend, fence = 0 }) =>
      brief(await backend.update(KEY, (e) => ({ [field]: (e[field] ?? 0) + 1 }), { fence })),
  };
}

/** Begins to hear of changes. */
export const watch: Step = {
  name: 'watch',
  run: async (peer) => {
    peer.changes = peer.backend.watch(new AbortController().signal)[Symbol.asyncIterator]();
  },
};

/** Hears of changes until the entry has this revision. */
export function hears(rev: number): Step {
  return {
    name: `hears of revision ${rev}`,
    run: async (peer) => {
      for (;;) {
        const { value, done } = await (peer.changes as AsyncIterator<Change>).next();
        if (done || value.rev >= rev) return 'heard';
      }
    },
  };
}

/** Reads the transcript whenever a change is told, until it holds so many records. */
export function follows(count: number): Step {
  return {
    name: `follows ${count} records`,
    run: async (peer) => {
      for (;;) {
        const { done } = await (peer.changes as AsyncIterator<Change>).next();
        if (done || (await countOf(peer.backend)) >= count) return 'read';
      }
    },
  };
}

/** Hears of changes until the session is told as removed. */
export const hearsRemoval: Step = {
  name: 'hears of the removal',
  run: async (peer) => {
    for (;;) {
      const { value, done } = await (peer.changes as AsyncIterator<Change>).next();
      if (done || value.kind === 'remove') return 'heard';
    }
  },
};

async function countOf(backend: Backend): Promise<number> {
  let count = 0;
  for await (const _ of backend.transcript(KEY, { onDamage: 'throw' })) count += 1;
  return count;
}

/** A commit in a session of nobody else: it finds the way to the sessions and takes a journal. */
export function elsewhere(name: string): Step {
  return {
    name: 'elsewhere',
    run: async ({ backend }) => {
      await backend.update(`agent:main:own:direct:${name}`, { here: true }, {});
    },
  };
}

/** Everything that anybody can see of the session afterwards. */
export async function viewOf(backend: Backend): Promise<unknown> {
  const state = await backend.read(KEY);
  if (!state) return 'missing';
  const texts = async (sessionId: string) => {
    const records: TranscriptRecord[] = [];
    const range = { sessionId, onDamage: 'throw' as const };
    for await (const record of backend.transcript(KEY, range)) records.push(record);
    const place = new Map(records.map(({ id }, at) => [id, at]));
    return records.map(({ text, parentId }) => [text, place.get(parentId ?? '') ?? null]);
  };
  const archives: unknown[] = [];
  for (const { sessionId, entry, reason } of await backend.archives(KEY)) {
    archives.push({ entry, reason, records: await texts(sessionId) });
  }
  const { turn } = state;
  return {
    ...(brief(state) as object),
    records: await texts(state.sessionId),
    archives,
    ...(turn && { turn: turn.fence }),
  };
}
