/** Runs commands on one location and tells what a user learns, with names in the place of ids. */
import type { Preconditions, Session, Turn } from '../../src/contract/store.ts';
import { isHoldfastError } from '../../src/model/errors.ts';
import type { NewRecord, SessionState, TranscriptRecord } from '../../src/model/state.ts';
import type { Command, Demand } from './commands.ts';
import type { Opened, Place } from './place.ts';

interface Running {
  readonly turn: Turn;
  end(): void;
  readonly over: Promise<unknown>;
}

const THROWN = new Error('thrown by the function of the caller');

export class World {
  readonly #place: Place;
  readonly #open: Opened[] = [];
  readonly #names = new Map<string, string>();
  readonly #turns: Running[] = [];
  /** Whether a fence is told from those of a session that was removed is for each store to say. */
  readonly #removed = new Set<string>();

  constructor(place: Place) {
    this.#place = place;
  }

  /** The answer to a command, as it can be compared. */
  async answer(command: Command): Promise<unknown> {
    try {
      return await this.#run(command);
    } catch (error) {
      if (isHoldfastError(error)) return error.code;
      if (error === THROWN) return 'the error of the function';
      if (error instanceof TypeError) return 'TypeError';
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const each of this.#turns) each.end();
    await Promise.allSettled(this.#turns.map(({ over }) => over));
    for (const { store } of this.#open) await store.close();
    this.#place.end();
  }

  #run(command: Command): Promise<unknown> {
    switch (command.do) {
      case 'list':
        return this.#list(command);
      case 'reopen':
        return this.#reopen(command.via);
      case 'verify':
        return this.#verify(command.via);
      case 'turn update':
      case 'turn append':
      case 'turn end':
        return this.#inTurn(command);
      default:
        return this.#onSession(command);
    }
  }

  async #onSession(command: Extract<Command, { key: string }>): Promise<unknown> {
    const opened = await this.#store(command.via);
    const session = opened.store.session(command.key);
    switch (command.do) {
      case 'update':
        return this.#state(
          await session.update(command.patch as never, await demanded(session, command.demand)),
        );
      case 'increment': {
        const { field } = command;
        const change = (entry: Record<string, unknown>) => added(entry, field);
        return this.#state(await session.update(change, await demanded(session, command.demand)));
      }
      case 'throw':
        return session.update(() => {
          throw THROWN;
        });
      case 'promise':
        return session.update((async () => ({})) as never);
      case 'read':
        return this.#state(await session.read());
      case 'append': {
        const options = command.id === undefined ? {} : { id: command.id };
        return this.#record(await session.append(command.record as NewRecord, options));
      }
      case 'transcript':
        return this.#transcript(session, command);
      case 'reset': {
        const demand = await demanded(session, command.demand);
        const { keep } = command;
        return this.#state(await session.reset({ keep, reason: 'model', ...demand }));
      }
      case 'restore':
        return this.#state(await session.restore(await this.#conversation(session, command.of)));
      case 'archives':
        return this.#archives(session);
      case 'remove': {
        const { ifExists: _, ...demand } = await demanded(session, command.demand);
        const removed = await session.remove(demand);
        if (removed) this.#removed.add(command.key);
        return removed;
      }
      case 'fold':
        await opened.fold?.(command.key);
        return 'folded';
      case 'begin':
        for (const each of this.#open) await each.lookAfterTurn?.(command.key);
        return this.#begin(session);
      case 'interrupt':
        return session.interrupt({ graceMs: 0 });
    }
  }

  async #store(via: 0 | 1): Promise<Opened> {
    while (this.#open.length <= via) this.#open.push(await this.#place.open());
    return this.#open[via] as Opened;
  }

  async #reopen(via: 0 | 1): Promise<unknown> {
    const { store } = await this.#store(via);
    await store.close();
    this.#open[via] = await this.#place.open();
    return 'reopened';
  }

  async #verify(via: 0 | 1): Promise<unknown> {
    const { ok, problems } = await (await this.#store(via)).store.verify();
    return ok ? 'well' : problems.map(({ message }) => message);
  }

  async #list({ via, channel, limit }: Extract<Command, { do: 'list' }>): Promise<unknown> {
    const { store } = await this.#store(via);
    const rows: unknown[] = [];
    const options = { order: 'key', ...(channel && { channel }), ...(limit && { limit }) } as const;
    for await (const row of store.list(options)) {
      const { createdAt: _c, updatedAt: _u, sessionId, turn, ...rest } = row;
      rows.push({
        ...rest,
        sessionId: this.#name(sessionId),
        ...(turn && { fence: this.#fence(row.key, turn.fence) }),
      });
    }
    return rows;
  }

  async #transcript(
    session: Session,
    { last, after, of }: Extract<Command, { do: 'transcript' }>,
  ): Promise<unknown> {
    const sessionId = await this.#conversation(session, of);
    const range = { onDamage: 'throw', sessionId } as const;
    const all: TranscriptRecord[] = [];
    for await (const record of session.transcript(range)) all.push(record);
    const seq = after === undefined ? undefined : (all[after]?.seq ?? 0);
    const some: unknown[] = [];
    const options = {
      ...range,
      ...(last !== undefined && { last }),
      ...(seq !== undefined && { after: seq }),
    };
    for await (const record of session.transcript(options)) some.push(this.#record(record));
    return some;
  }

  async #archives(session: Session): Promise<unknown> {
    const archives = await session.archives();
    // Two may be put away within one millisecond; then either may come first.
    return archives
      .map(({ sessionId, entry, reason }) => ({ sessionId: this.#name(sessionId), entry, reason }))
      .sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1));
  }

  async #begin(session: Session): Promise<unknown> {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    return new Promise((resolve, reject) => {
      const over = session.turn(
        async (turn) => {
          this.#turns.push({ turn, end, over });
          resolve({
            fence: this.#fence(turn.key, turn.fence),
            previous: turn.previous?.ended ?? 'none',
          });
          await ended;
        },
        { whenBusy: 'reject', label: 'model' },
      );
      over.catch(reject);
    });
  }

  async #inTurn(command: Extract<Command, { turn: number }>): Promise<unknown> {
    const running = this.#turns.at(-1 - command.turn);
    if (!running) return 'no turn';
    const { turn, end, over } = running;
    if (command.do === 'turn update') {
      return this.#state(await turn.update((entry) => added(entry, command.field)));
    }
    if (command.do === 'turn append') {
      return this.#record(await turn.append({ type: 'note', text: command.text }));
    }
    end();
    await over;
    return 'ended';
  }

  #state(state: SessionState | undefined): unknown {
    if (!state) return 'missing';
    const { createdAt: _c, updatedAt: _u, sessionId, turn, ...rest } = state;
    const { status, interrupted, label } = turn ?? {};
    const fence = this.#fence(state.key, turn?.fence);
    const shown = turn && { fence, status, label, interrupted: interrupted?.reason };
    return { ...rest, sessionId: this.#name(sessionId), ...(shown && { turn: shown }) };
  }

  /** The active conversation, then the archived ones, and after those one that there never was. */
  async #conversation(session: Session, of: number): Promise<string> {
    const active = (await session.read())?.sessionId;
    const archived = (await session.archives()).map(({ sessionId }) => sessionId);
    // Two may be put away within one millisecond: the order in which they came up is the same for all.
    const place = (id: string) => Number(this.#name(id).slice('id '.length));
    archived.sort((a, b) => place(a) - place(b));
    return [...(active === undefined ? [] : [active]), ...archived][of] ?? 'never';
  }

  #fence(key: string, fence: number | undefined): unknown {
    return this.#removed.has(key) ? 'some' : fence;
  }

  #record({ seq: _, timestamp: _t, ...record }: TranscriptRecord): unknown {
    const parentId = record.parentId === null ? null : this.#name(record.parentId);
    return { ...record, id: this.#name(record.id), parentId };
  }

  /** Ids that a store has made are named in the order in which they come up. */
  #name(id: string): string {
    if (!/^[0-9a-z-]{30,}$/.test(id)) return id;
    const name = this.#names.get(id) ?? `id ${this.#names.size}`;
    this.#names.set(id, name);
    return name;
  }
}

function added(entry: Record<string, unknown>, field: string): Record<string, unknown> {
  const before = Object.hasOwn(entry, field) ? entry[field] : 0;
  const value = typeof before === 'number' ? before + 1 : 1;
  return Object.defineProperty({}, field, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

async function demanded(session: Session, demand: Demand): Promise<Preconditions> {
  const state = await session.read();
  switch (demand) {
    case 'none':
      return {};
    case 'this revision':
      return { ifRev: state?.rev ?? 1 };
    case 'an older revision':
      return { ifRev: Math.max(1, (state?.rev ?? 0) - 1) };
    case 'no session':
      return { ifRev: 0 };
    case 'a session':
      return { ifExists: true };
    case 'this conversation':
      return { ifSessionId: state?.sessionId ?? 'never' };
    case 'another conversation':
      return { ifSessionId: 'never' };
  }
}
