/** What stands between a client and its server, and can fail as networks do. */
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What happens to what comes by. */
export type Weather =
  | 'fair'
  /** Nothing arrives any more, in neither direction, and nobody is told. */
  | 'swallows'
  /** What is asked arrives; nothing of the answers does. */
  | 'swallows answers'
  /** The next answer is cut off in its middle, and the connection with it. */
  | 'cuts an answer'
  /** The server says in one breath that it is ready and that it goes down, to each who comes. */
  | 'ends as it begins'
  /** The next question arrives, and the connection ends before its answer comes. */
  | 'cuts before the answer';

/** A message of a server begins with its kind and its length. */
const HEAD_BYTES = 5;
/** The end of what a server says to somebody who has come: it is ready, and in no transaction. */
const READY = Buffer.from('Z\0\0\0\x05I', 'latin1');
const LAST_WORDS = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mit goes down\0\0', 'latin1');
const GOES_DOWN = Buffer.concat([Buffer.from('E\0\0\0\0', 'latin1'), LAST_WORDS]);
GOES_DOWN.writeInt32BE(LAST_WORDS.length + 4, 1);

export class BadNetwork {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #weather: Weather = 'fair';
  /** Whether only what matches is cut. */
  #asked: RegExp | undefined;
  /** How many answers were cut. */
  cuts = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Stands before the server at this port of this machine, at this address of it. */
  static async before(port: number, host = '127.0.0.1'): Promise<BadNetwork> {
    const server = createServer();
    const proxy = new BadNetwork(server);
    server.on('connection', (client) => proxy.#join(client, connect(port, '127.0.0.1')));
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  /** Changes the weather; a cut is made in the answer to a question in which `asked` is found. */
  set(weather: Weather, asked?: RegExp): void {
    this.#weather = weather;
    this.#asked = asked;
  }

  /** Ends every connection at once. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, server: Socket): void {
    let cutNext = false;
    const both = [client, server];
    const end = () => {
      for (const socket of both) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    for (const socket of both) {
      this.#sockets.add(socket);
      // A connection that breaks is what this is for; the other side is told by its end.
      socket.on('error', end);
      // Somebody who hangs up while nothing arrives is not heard, either.
      socket.on('close', () => this.#weather.startsWith('swallows') || end());
    }
    client.on('data', (data) => {
      if (this.#weather === 'swallows') return;
      const cuts = this.#weather.startsWith('cuts') && (this.#asked?.test(String(data)) ?? true);
      if (cuts) cutNext = true;
      server.write(data);
    });
    server.on('data', (data) => {
      if (this.#weather.startsWith('swallows')) return;
      if (this.#weather === 'ends as it begins' && data.subarray(-READY.length).equals(READY)) {
        this.cuts += 1;
        client.end(Buffer.concat([data, GOES_DOWN]), end);
        return;
      }
      if (!cutNext) {
        client.write(data);
        return;
      }
      this.cuts += 1;
      if (this.#weather === 'cuts before the answer') return end();
      this.#weather = 'fair';
      const half = Math.max(HEAD_BYTES + 1, data.length >> 1);
      client.end(data.subarray(0, half), end);
    });
  }
}
