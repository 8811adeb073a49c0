import type { TurnAsk } from '../../contract/backend.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { Statement } from './connections.ts';
import { changed, type PostgresContext } from './context.ts';
import { escapeText } from './escape-json.ts';
import { jsonb, type Row } from './session-row.ts';

const WAITER_MS_MAX = 4_000;
/** Between two tries to end a turn while the server can not be reached. */
const AGAIN_MS = 200;

/**
 * A waiter that has not asked for so long is not waited for: no longer than for a holder that is
 * gone, or one that died in front would keep the others out after the lease has run out.
 */
export function waiterMs(leaseMs: number): number {
  return Math.min(WAITER_MS_MAX, leaseMs);
}

/**
 * What is asked of the server about turns. Each of these is safe to ask twice: a try to begin is
 * known by its waiter, and a turn that is over is not ended again.
 */
export class TurnCalls {
  readonly #context: PostgresContext;

  constructor(context: PostgresContext) {
    this.#context = context;
  }

  /** One try to begin a turn; nothing when there is no such session. */
  begin(key: string, ask: TurnAsk, waiter: string): Promise<Row | undefined> {
    const { tables, settings } = this.#context;
    const text = `select * from ${tables.begin_turn}($1, $2::jsonb, $3, $4, $5, $6, $7, $8)`;
    const values = [
      key,
      jsonb({ ...ask.holder }),
      ask.label === undefined ? null : escapeText(ask.label),
      settings.leaseMs,
      waiter,
      ask.interrupt !== undefined,
      ask.waitMs > 0,
      waiterMs(settings.leaseMs),
    ];
    return this.#ask('begin a turn', text, values, key);
  }

  /** Ends a turn, and tries for as long as its lease would hold others up. */
  async end(key: string, fence: number): Promise<void> {
    const { tables, world, settings } = this.#context;
    const text = `select ${tables.end_turn}($1, $2) as ended`;
    const since = world.elapsed();
    const longest = Math.min(settings.leaseMs, settings.lockWaitMs);
    for (;;) {
      try {
        await this.#ask('end the turn', text, [key, fence], key);
        return;
      } catch (error) {
        const later = (error as HoldfastError).code === 'IO_FAILED';
        if (!later || world.elapsed() - since > longest) throw error;
        await new Promise<void>((resolve) => world.awaitedAfter(AGAIN_MS, resolve));
      }
    }
  }

  /** Asks the running turn to stop: its fence, or nothing when none is running. */
  async interrupt(key: string, reason: string): Promise<number | undefined> {
    const text = `select * from ${this.#context.tables.interrupt_turn}($1, $2)`;
    const row = await this.#ask('interrupt the turn', text, [key, escapeText(reason)], key);
    return row && Number(row.fence);
  }

  /** Takes a turn away: whether it was still running. */
  async overtake(key: string, fence: number): Promise<boolean> {
    const text = `select ${this.#context.tables.overtake_turn}($1, $2) as overtaken`;
    const row = await this.#ask('overtake the turn', text, [key, fence], key);
    return row?.overtaken === 't';
  }

  /** For whoever fails anyway: what is left behind runs out by itself. */
  async giveBack(key: string, fence: number): Promise<void> {
    const text = `select ${this.#context.tables.end_turn}($1, $2)`;
    await this.#leave('give the turn back', text, [key, fence], key);
  }

  async stopWaiting(key: string, waiter: string): Promise<void> {
    const text = `select ${this.#context.tables.stop_waiting}($1, $2)`;
    await this.#leave('stop waiting', text, [key, waiter], key);
  }

  async #leave(what: string, text: string, values: unknown[], key: string): Promise<void> {
    try {
      await this.#ask(what, text, values, key);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      const { code, message } = error;
      this.#context.settings.onWarning({ code, key, message });
    }
  }

  #ask(what: string, text: string, values: unknown[], key: string): Promise<Row | undefined> {
    const statement: Statement = { what, text, writes: false };
    return changed(this.#context, statement, values, key);
  }
}
