import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

type Message = Record<string, unknown>;

/** A gateway in a process of its own, on the store that a test looks at with the command line. */
export class GatewayProcess {
  readonly child: ChildProcess;
  readonly #messages: Message[] = [];
  readonly #ended: Promise<void>;
  #wake: () => void = () => undefined;

  constructor(store: string) {
    const program = fileURLToPath(new URL('gateway.js', import.meta.url));
    const child = spawn(process.execPath, [program, store], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#messages.push(JSON.parse(line));
      this.#wake();
    });
    child.stdin.on('error', () => undefined);
    this.child = child;
    this.#ended = new Promise((resolve) => child.once('close', () => resolve()));
  }

  static async start(store: string): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(store);
    await gateway.said('ready');
    return gateway;
  }

  tell(message: Message): void {
    this.child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /** Waits for the next message that has a field, and takes it. */
  async said(field: string): Promise<Message> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const at = this.#messages.findIndex((message) => field in message);
      if (at >= 0) return this.#messages.splice(at, 1)[0] as Message;
      if (Date.now() > deadline) throw new Error(`The gateway never said ${field}.`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 100);
      });
    }
  }

  /** Lets it end in order. */
  async stop(): Promise<void> {
    this.child.stdin?.end();
    await this.#ended;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#ended;
  }
}
