/**
 * Statements over a pool of connections. One statement is one transaction, so that a transaction
 * pooler may stand between, and nothing is ever held open while our own code runs.
 *
 *   asked ──a connection is free──▶ sent ──answer──▶ done
 *   asked ──none in time──▶ refused (nothing was changed)
 *   sent  ──the server refuses it──▶ taken back: made again when others were in its way
 *   sent  ──connection lost, or no answer in time──▶ a read is made again once; a write is of
 *           unknown outcome, and its connection is never used again
 */
import { HoldfastError } from '../../model/errors.ts';
import type { Client, Pool, Query, Rows } from './driver.ts';
import { connectionLost, lostPrepared, mayRepeat, typedFailure } from './failure.ts';
import type { Row } from './session-row.ts';
import type { World } from './world.ts';

/** A statement by a short name, which is also what an error says of it. */
export interface Statement {
  /** What it does, as a verb: `read the state`. */
  what: string;
  text: string;
  /** Whether it changes anything that is not safe to change twice. */
  writes: boolean;
  /** Milliseconds within which its answer is expected, if not as for any other. */
  answerMs?: number;
}

const REPEATS_MAX = 8;
const REPEAT_MS = 5;
/** How much longer than a wait for a row the answer of a statement may take. */
const ANSWER_MS = 5_000;
/** The server cuts longer names off, and the driver complains. */
const NAME_MAX = 63;
const AS_TEXT = { getTypeParser: () => (value: string) => value };

export class Connections {
  readonly #pool: Pool;
  readonly #owned: boolean;
  readonly #world: World;
  readonly #waitMs: number;
  readonly #names = new Map<string, string>();
  #prepares = false;
  #closed = false;
  /** A connection that breaks while nobody uses it is the pool's to replace; the next call tells. */
  readonly #onIdleError = (): void => undefined;
  /**
   * A server that is going down may say so in the same breath in which it says that it is ready:
   * the driver tells that before whoever has asked for the connection can listen to it.
   */
  readonly #onNewClient = (client: Client): void => {
    client.on('error', this.#onIdleError);
  };

  constructor(pool: Pool, parts: { owned: boolean; world: World; waitMs: number }) {
    this.#pool = pool;
    this.#owned = parts.owned;
    this.#world = parts.world;
    this.#waitMs = parts.waitMs;
    pool.on('error', this.#onIdleError);
    pool.on('connect', this.#onNewClient);
  }

  /**
   * Statements are prepared where a connection is one process of the server: planning is a good
   * part of what a short statement costs. A pooler gives a number of its own to the client.
   */
  async learnRoute(): Promise<void> {
    const statement = {
      what: 'open the store',
      text: 'select pg_backend_pid() as pid',
      writes: false,
    };
    await this.#with(statement, undefined, async (client) => {
      const { rows } = await this.#answer(client, { text: statement.text, types: AS_TEXT });
      this.#prepares = client.processID != null && Number(rows[0]?.pid) === client.processID;
    });
  }

  /** Runs one statement; `key` is the session that it is about. */
  async run(statement: Statement, values: readonly unknown[], key?: string): Promise<Row[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#with(statement, key, async (client) => {
          const query = this.#query(statement, values);
          const { rows } = await this.#answer(client, query, statement.answerMs);
          return rows;
        });
      } catch (error) {
        const cause = error instanceof HoldfastError ? error.cause : error;
        if (lostPrepared(cause) && this.#prepares) this.#prepares = false;
        else if (!mayRepeat(cause) || tries >= REPEATS_MAX) throw error;
        else await this.#pause(REPEAT_MS * tries * (0.5 + this.#world.chance()));
      }
    }
  }

  /** Runs statements on one connection, in the order and the transactions of the caller's own. */
  async session<T>(
    what: string,
    work: (run: (text: string, values?: unknown[]) => Promise<Row[]>) => Promise<T>,
  ): Promise<T> {
    return this.#with({ what, text: '', writes: true }, undefined, (client) =>
      work(async (text, values) => {
        const query = { text, types: AS_TEXT, ...(values && { values }) };
        return (await client.query(query)).rows;
      }),
    );
  }

  /** A connection that the caller keeps, to listen on it. */
  async connect(what: string): Promise<Client> {
    try {
      return await this.#client();
    } catch (error) {
      throw typedFailure(error, { reached: 'no connection', writes: false, what });
    }
  }

  /** Runs a statement that changes nothing on a connection that the caller keeps. */
  async runOn(client: Client, what: string, text: string): Promise<void> {
    try {
      await this.#answer(client, { text });
    } catch (error) {
      throw typedFailure(error, { reached: 'sent', writes: false, what });
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#pool.removeListener('error', this.#onIdleError);
    this.#pool.removeListener('connect', this.#onNewClient);
    // The pool may report a broken connection while it closes; nobody is left who could care.
    if (this.#owned) {
      this.#pool.on('error', () => undefined);
      await this.#pool.end();
    }
  }

  #query({ what, text }: Statement, given: readonly unknown[]): Query {
    const values = [...given];
    if (!this.#prepares) return { text, values, types: AS_TEXT };
    let name = this.#names.get(text);
    if (name === undefined) {
      // The number tells statements apart that do the same; the words are for who looks at the server.
      name = `holdfast ${this.#names.size + 1} ${what}`.slice(0, NAME_MAX);
      this.#names.set(text, name);
    }
    return { name, text, values, types: AS_TEXT };
  }

  async #with<T>(
    statement: Statement,
    key: string | undefined,
    work: (client: Client) => Promise<T>,
  ): Promise<T> {
    const { what, writes } = statement;
    for (let again = !writes; ; again = false) {
      let client: Client;
      try {
        client = await this.#client();
      } catch (error) {
        throw typedFailure(error, { reached: 'no connection', writes, key, what });
      }
      const onError = () => undefined;
      // A connection that dies under its statement says so twice: once to the statement. Those of a
      // pool that others have begun to use are not among the new ones.
      client.on('error', onError);
      let broken: Error | undefined;
      try {
        return await work(client);
      } catch (error) {
        if (connectionLost(error))
          broken = error instanceof Error ? error : new TypeError(String(error));
        if (broken && again) continue;
        throw error instanceof HoldfastError
          ? error
          : typedFailure(error, { reached: 'sent', writes, key, what });
      } finally {
        client.removeListener('error', onError);
        client.release(broken);
      }
    }
  }

  /** A free connection, or a failure when none becomes free in time. */
  #client(): Promise<Client> {
    return new Promise((resolve, reject) => {
      let late = false;
      const stop = this.#world.awaitedAfter(this.#waitMs, () => {
        late = true;
        reject(new TypeError(`no connection became free within ${this.#waitMs} ms`));
      });
      this.#pool.connect().then(
        (client) => {
          stop();
          if (late) client.release();
          else resolve(client);
        },
        (error: unknown) => {
          stop();
          reject(error);
        },
      );
    });
  }

  /** A connection may be swallowed silently: an answer that never comes is a lost connection. */
  #answer(client: Client, query: Query, ms = this.#waitMs + ANSWER_MS): Promise<Rows> {
    return new Promise((resolve, reject) => {
      const stop = this.#world.awaitedAfter(ms, () => {
        reject(new TypeError(`no answer within ${Math.round(ms)} ms`));
      });
      client.query(query).then(
        (rows) => {
          stop();
          resolve(rows);
        },
        (error: unknown) => {
          stop();
          reject(error);
        },
      );
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#world.awaitedAfter(ms, resolve));
  }
}
