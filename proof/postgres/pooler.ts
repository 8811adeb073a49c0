/** A pgbouncer before a server, which gives each transaction any of its connections. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ordinaryUser } from '../../scripts/postgres-programs.js';
import { until } from '../../src/contract/conformance/trial.ts';

export class Pooler {
  readonly #process: ChildProcess;
  readonly #directory: string;
  readonly url: string;

  private constructor(process: ChildProcess, directory: string, url: string) {
    this.#process = process;
    this.#directory = directory;
    this.url = url;
  }

  /** Starts one before the server of this URL; ends with this process. */
  static async before(server: string): Promise<Pooler> {
    const { hostname, port, username, password } = new URL(server);
    const own = await freePort();
    const directory = mkdtempSync(join(tmpdir(), 'holdfast-pooler-'));
    chmodSync(directory, 0o755);
    const config = join(directory, 'pgbouncer.ini');
    const target = `host=${hostname} port=${port} dbname=postgres user=${username} password=${password}`;
    const settings = {
      listen_addr: '127.0.0.1',
      listen_port: own,
      unix_socket_dir: '',
      auth_type: 'any',
      pool_mode: 'transaction',
      // Few, so that a client is on another one at each statement.
      default_pool_size: 6,
      max_client_conn: 500,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
    writeFileSync(config, `[databases]\npostgres = ${target}\n[pgbouncer]\n${lines.join('\n')}\n`);
    const child = spawn('pgbouncer', [config], {
      ...ordinaryUser(),
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    });
    let said = '';
    child.stderr?.on('data', (text) => {
      said = `${said}${text}`.slice(-10_000);
    });
    process.once('exit', () => child.kill('SIGKILL'));
    await until('pgbouncer answers', async () => {
      if (child.exitCode !== null) throw new Error(`pgbouncer ended: ${said}`);
      return answers(own);
    });
    return new Pooler(child, directory, `postgres://${username}@127.0.0.1:${own}/postgres`);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
    rmSync(this.#directory, { recursive: true });
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
