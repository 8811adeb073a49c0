import { HoldfastError } from '../../model/errors.ts';
import type { Connections, Statement } from './connections.ts';
import type { Tables } from './tables.ts';

const AT_ONCE = 500;

/**
 * Deletes the records of conversations that are gone, some hundred in a statement, so that no
 * removal of a large transcript holds anything for long. Several processes share the work; what one
 * leaves when it dies, the next one finds.
 */
export class ClearAway {
  readonly #connections: Connections;
  readonly #records: Statement;
  readonly #done: Statement;
  readonly #old: Statement;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(connections: Connections, tables: Tables) {
    this.#connections = connections;
    this.#records = {
      what: 'delete the records of removed sessions',
      text: `with some as (
          select r.conversation, r.seq from ${tables.gone} g join ${tables.records} r on r.conversation = g.conversation
          limit ${AT_ONCE} for update of r skip locked
        ), deleted as (
          delete from ${tables.records} r using some where r.conversation = some.conversation and r.seq = some.seq returning 1
        ) select count(*) as count from deleted`,
      writes: false,
    };
    this.#done = {
      what: 'forget conversations that are gone',
      text: `with done as (
          delete from ${tables.gone} g
          where not exists (select from ${tables.records} r where r.conversation = g.conversation) returning g.conversation
        ) delete from ${tables.conversations} c using done where c.conversation = done.conversation`,
      writes: false,
    };
    this.#old = {
      what: 'forget removals of long ago',
      text: `delete from ${tables.removed} where removed_at < clock_timestamp() - interval '1 day'`,
      writes: false,
    };
  }

  /** Begins, unless it is under way. What fails is tried again at the next removal or opening. */
  begin(): void {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Stops after the statement that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        for (let count = AT_ONCE; count === AT_ONCE && !this.#stopped; ) {
          const [row] = await this.#connections.run(this.#records, []);
          count = Number(row?.count);
        }
        await this.#connections.run(this.#done, []);
        await this.#connections.run(this.#old, []);
      }
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      // Nothing depends on it: the records are nobody's, `verify` shows them, and the next call
      // that needs the server tells what is wrong with it.
      this.#again = false;
    }
  }
}
