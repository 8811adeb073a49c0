/** The gateway of the examples as a process, and as a page talks to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EventSourceParserStream } from 'eventsource-parser/stream';

export const MAIN = fileURLToPath(new URL('../../examples/gateway/main.js', import.meta.url));
const DEADLINE_MS = 30_000;

export interface View {
  name: string;
  key: string;
  trouble: string;
  sessionId: string;
  rev: number;
  facts: { turns: number; model: string; tokens: number };
  turn?: { fence: number; pid: number; cutOff: boolean };
  waiting: number;
  exchanges: {
    id: string;
    text: string;
    progress: string;
    place: number;
    cutOff: { pid: number }[];
    answer?: { id: string; text: string; stopReason: string; errorMessage?: string };
  }[];
  archives: { sessionId: string; turns: number }[];
  running?: { id: string; text: string };
}

const made: string[] = [];
const running = new Set<GatewayRun>();

/** Ends what a test has left, and removes its directories. */
export async function clearAway(): Promise<void> {
  await Promise.all([...running].map((run) => run.kill()));
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
}

export function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-gateway-'));
  made.push(directory);
  return directory;
}

export class GatewayRun {
  readonly child: ChildProcess;
  readonly closed: Promise<number | null>;
  link = '';
  #text = '';
  #wake: () => void = () => undefined;

  private constructor(args: readonly string[], env: Record<string, string>) {
    const { AGENT_URL: _url, OPENAI_BASE_URL: _other, ...others } = process.env;
    const child = spawn(process.execPath, args, { env: { ...others, ...env } });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        this.#text += part;
        this.#wake();
      });
    }
    this.child = child;
    this.closed = once(child, 'close').then(([code]) => {
      running.delete(this);
      return code;
    });
    running.add(this);
  }

  /** Starts a gateway, and resolves when it has printed its links. */
  static async start(
    directory: string,
    env: Record<string, string> = {},
    port = 0,
  ): Promise<GatewayRun> {
    return await GatewayRun.of([MAIN, '--dir', directory, '--port', String(port)], env);
  }

  /** The same for any program that becomes a gateway. */
  static async of(args: readonly string[], env: Record<string, string>): Promise<GatewayRun> {
    const run = GatewayRun.begin(args, env);
    await run.until(() => /^Process: /m.test(run.output));
    run.link = /http:\S+/.exec(run.output)?.[0] ?? '';
    return run;
  }

  /** Starts a program, whatever becomes of it. */
  static begin(args: readonly string[], env: Record<string, string> = {}): GatewayRun {
    return new GatewayRun(args, { AGENT_PACE_MS: '5', ...env });
  }

  get output(): string {
    return this.#text;
  }

  get place(): string {
    return this.link.replace(/#.*/, '');
  }

  get token(): string {
    return this.link.replace(/.*=/, '');
  }

  /** What stands below its links, by name. */
  printed(name: string): string {
    return new RegExp(`^${name}: +(.*)$`, 'm').exec(this.output)?.[1] ?? '';
  }

  async fetch(path: string, options: RequestInit = {}): Promise<Response> {
    const authorization = `Bearer ${this.token}`;
    const headers = { authorization, 'content-type': 'application/json', ...options.headers };
    return await fetch(new URL(path, this.place), { ...options, headers });
  }

  /** Does something in a chat as the page does; the status of the answer. */
  async act(chat: string, verb: string, body: object): Promise<number> {
    const options = { method: 'POST', body: JSON.stringify(body) };
    const response = await this.fetch(`/api/chats/${chat}/${verb}`, options);
    await response.body?.cancel();
    return response.status;
  }

  async view(chat: string): Promise<View> {
    const views = (await (await this.fetch('/api/chats')).json()) as View[];
    return views.find(({ name }) => name === chat) as View;
  }

  /** Listens to what the page is told until a chat looks as the condition says. */
  async seen(chat: string, condition: (view: View) => boolean): Promise<View> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const { body } = await this.fetch('/api/live', { signal });
    let view: View | undefined;
    try {
      const bytes = body as ReadableStream<Uint8Array<ArrayBuffer>>;
      const events = bytes
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      for await (const { event, data } of events) {
        const told = JSON.parse(data);
        if (event === 'chat' && told.name === chat) view = told;
        if (event === 'words' && told.chat === chat && view?.running?.id === told.id) {
          expectAt(view, told.at);
          (view?.running as { text: string }).text += told.text;
        }
        if (view !== undefined && condition(view)) return view;
      }
    } catch (error) {
      throw new Error(`Waited in vain: ${JSON.stringify(view)}\n${this.output}`, { cause: error });
    }
    throw new Error(`The stream ended before: ${JSON.stringify(view)}\n${this.output}`);
  }

  /** Presses Ctrl-C; resolves to the exit code. */
  async interrupt(): Promise<number | null> {
    this.child.kill('SIGINT');
    return await this.closed;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.closed;
  }

  /** Waits for a condition on the output; rejects when the process ends before. */
  async until(condition: () => boolean): Promise<void> {
    let ended = false;
    void this.closed.then(() => {
      ended = true;
      this.#wake();
    });
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    deadline.addEventListener('abort', () => this.#wake());
    while (!condition()) {
      if (ended || deadline.aborted) throw new Error(`It never said so:\n${this.output}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Words come without a gap and without anything twice. */
function expectAt(view: View | undefined, at: number): void {
  const { length } = view?.running?.text ?? '';
  if (length !== at) throw new Error(`Words for ${at} came at ${length}.`);
}
