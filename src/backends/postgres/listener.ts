/**
 * One connection that hears notifications, made when somebody first needs to hear.
 *
 *   off ──first channel──▶ connecting ──heard itself──▶ listening
 *                          connecting ──an answer, but heard nothing──▶ deaf for a minute: a
 *                                       transaction pooler is between
 *                          connecting ──no answer in time──▶ off: whoever asked is told
 *   listening ──connection lost──▶ connecting, again and again; then `onBack` is told, because
 *                                  what was said meanwhile was not heard
 *   any ──close──▶ off
 */
import { HoldfastError } from '../../model/errors.ts';
import type { Connections } from './connections.ts';
import type { Client, Notification } from './driver.ts';
import type { World } from './world.ts';

const ECHO = 'echo ';
const LISTEN = 'listen to the server';
/** Milliseconds for a notification of our own to come back, once the server has said that it was sent. */
const ECHO_MS = 2_000;
const RETRY_MS = 500;
/** Where nothing came through, nobody waits for that again so soon. */
const DEAF_MS = 60_000;
/** A connection that nothing is heard of is tried with a notification of our own. */
const CHECK_MS = 10_000;

export interface Heard {
  onMessage(channel: string, payload: string): void;
  /** Listening again after a gap. */
  onBack(): void;
}

export class Listener {
  readonly #connections: Connections;
  readonly #world: World;
  readonly #heard: Heard;
  readonly #channels = new Set<string>();
  #client: Client | undefined;
  #opening: Promise<boolean> | undefined;
  #closed = false;
  #deafUntil = Number.NEGATIVE_INFINITY;
  #echo: { payload: string; heard(): void } | undefined;
  #stopCheck: (() => void) | undefined;
  readonly #onNotification = ({ channel, payload = '' }: Notification) => {
    if (payload === this.#echo?.payload) this.#echo.heard();
    else if (!payload.startsWith(ECHO)) this.#heard.onMessage(channel, payload);
  };

  constructor(connections: Connections, world: World, heard: Heard) {
    this.#connections = connections;
    this.#world = world;
    this.#heard = heard;
  }

  /** Whether everything that is said on these channels from now on is heard. */
  get listening(): boolean {
    return this.#client !== undefined && this.#opening === undefined;
  }

  /** Begins to hear these channels. False where notifications do not come through. */
  async listen(channels: readonly string[]): Promise<boolean> {
    const fresh = channels.filter((channel) => !this.#channels.has(channel));
    for (const channel of channels) this.#channels.add(channel);
    // Nobody knows before it has heard itself; what it was not yet told to hear comes after that.
    if (this.#opening && !(await this.#opening)) return false;
    if (this.#client) {
      for (const channel of fresh) await this.#listenTo(this.#client, channel);
      return true;
    }
    if (this.#world.elapsed() < this.#deafUntil) return false;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopCheck?.();
    // Whoever waits for it is told; here it only has to be over.
    await this.#opening?.catch(() => undefined);
    this.#drop(true);
  }

  async #listenTo(client: Client, channel: string): Promise<void> {
    try {
      await this.#connections.runOn(client, LISTEN, `listen ${channel}`);
    } catch (error) {
      if (client === this.#client) this.#onLost();
      throw error;
    }
  }

  async #open(): Promise<boolean> {
    const client = await this.#connections.connect(LISTEN);
    client.on('error', this.#onLost);
    client.on('notification', this.#onNotification);
    this.#client = client;
    try {
      for (const channel of this.#channels) {
        await this.#connections.runOn(client, LISTEN, `listen ${channel}`);
      }
      if (await this.#hearsItself()) {
        this.#checkLater();
        return !this.#closed;
      }
      if (this.#client !== client) {
        const message = 'The connection that listens to the server was lost. Try again later.';
        throw new HoldfastError('IO_FAILED', message);
      }
    } catch (error) {
      this.#drop(true);
      throw error;
    }
    this.#drop(true);
    this.#deafUntil = this.#world.elapsed() + DEAF_MS;
    return false;
  }

  /**
   * A pooler takes `listen` for a connection that is another client's a moment later. So it is told
   * on another connection: on the same one, the pooler might by chance hand both to one process of
   * the server, whose notification would come back with the answer.
   */
  async #hearsItself(): Promise<boolean> {
    const [channel] = this.#channels;
    const payload = `${ECHO}${this.#world.newId()}`;
    let settle = (_heard: boolean): void => undefined;
    const heard = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    this.#echo = { payload, heard: () => settle(true) };
    try {
      const statement = { what: LISTEN, text: 'select pg_notify($1, $2)', writes: false };
      await this.#connections.run(statement, [channel, payload]);
      const late = this.#world.awaitedAfter(ECHO_MS, () => settle(false));
      return await heard.finally(late);
    } finally {
      this.#echo = undefined;
    }
  }

  #checkLater(): void {
    this.#stopCheck?.();
    this.#stopCheck = this.#world.after(CHECK_MS, () => {
      const client = this.#client;
      if (!client || this.#closed) return;
      this.#hearsItself().then(
        (heard) => (heard ? this.#checkLater() : this.#onLost()),
        () => this.#onLost(),
      );
    });
  }

  readonly #onLost = (): void => {
    if (!this.#client) return;
    this.#drop(true);
    this.#again();
  };

  #again(): void {
    if (this.#closed || this.#connections.closed) return;
    this.#world.after(RETRY_MS * (0.5 + this.#world.chance()), () => {
      if (this.#closed) return;
      this.listen([]).then(
        (heard) => (heard ? this.#heard.onBack() : this.#again()),
        () => this.#again(),
      );
    });
  }

  #drop(close: boolean): void {
    const client = this.#client;
    if (!client) return;
    this.#client = undefined;
    this.#stopCheck?.();
    client.removeListener('notification', this.#onNotification);
    client.removeListener('error', this.#onLost);
    // It may report its own end after it was let go; the pool closes it either way.
    client.on('error', () => undefined);
    client.release(close);
  }
}
