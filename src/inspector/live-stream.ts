import type { LiveEvents, Overview } from './wire.ts';

const KEYS_MAX = 200;
/** Bytes that may wait for a reader; what comes while there are more is collected or left out. */
const UNREAD_BYTES_MAX = 262_144;
/** Rounds of a quarter of a second for which a reader may take nothing before it is let go. */
const STUCK_ROUNDS_MAX = 240;

/** Server-sent events for one reader. A slow one is told less often, and never kept in store. */
export class LiveStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #key: string | undefined;
  readonly #encoder = new TextEncoder();
  readonly #left: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly #changed = new Set<string>();
  #more = false;
  #stuck = 0;

  /** @param left called once, when the reader has left or was let go */
  constructor(key: string | undefined, left: () => void) {
    this.#key = key;
    this.#left = left;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => {
          this.#controller = undefined;
          left();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: UNREAD_BYTES_MAX }),
    );
  }

  /** A session changed: told with the next round. */
  changed(key: string): void {
    if (this.#key !== undefined && this.#key !== key) return;
    if (this.#changed.size < KEYS_MAX || this.#changed.has(key)) this.#changed.add(key);
    else this.#more = true;
  }

  /** Tells what changed since the last round that the reader took, and an overview when there is one. */
  round(overview: Overview | undefined): void {
    if ((this.#controller?.desiredSize ?? 0) <= 0) {
      this.#stuck += 1;
      if (this.#stuck > STUCK_ROUNDS_MAX) this.end();
      return;
    }
    this.#stuck = 0;
    if (overview !== undefined) this.#send('overview', overview);
    if (this.#changed.size === 0) return;
    this.#send('changes', { keys: [...this.#changed], more: this.#more });
    this.#changed.clear();
    this.#more = false;
  }

  /** Ends it from this side. */
  end(): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    this.#controller = undefined;
    controller.close();
    this.#left();
  }

  #send<Name extends keyof LiveEvents>(name: Name, data: LiveEvents[Name]): void {
    const text = `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    this.#controller?.enqueue(this.#encoder.encode(text));
  }
}
