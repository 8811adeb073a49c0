/** What names mean here, and how exact times are. Nothing in a store depends on either. */
import { join } from 'node:path';
import { OPEN } from '../system/file-system.ts';
import type { MountCheck } from './mount-report.ts';
import type { MountWorld, Probe } from './probe.ts';

const CODES_OF_REFUSAL = /^E/;
/** Of `é`, in one letter and in two. */
const COMPOSED = '\u00e9';
const DECOMPOSED = 'e\u0301';
const MTIME_MS_MAX = 60;

export const probeNames: Probe = async (world, directory) => [
  distinct(world, join(directory, 'Case'), join(directory, 'case'), {
    id: 'case-sensitive',
    what: 'upper and lower case are two names',
  }),
  distinct(world, join(directory, COMPOSED), join(directory, DECOMPOSED), {
    id: 'normalisation',
    what: 'two normal forms are two names',
  }),
  made(world, 'hard-links', 'hard links can be made', () =>
    world.calls.link(join(directory, 'Case'), join(directory, 'second')),
  ),
  made(world, 'symbolic-links', 'symbolic links can be made', () =>
    world.calls.symlink('Case', join(directory, 'link')),
  ),
  modes(world, directory),
  times(world, directory),
];

type Named = Pick<MountCheck, 'id' | 'what'>;

function outcome(named: Named, is: MountCheck['outcome'], detail: string): MountCheck {
  return { ...named, neededBy: 'nobody', outcome: is, detail };
}

function touch({ system: { fs } }: MountWorld, path: string): void {
  fs.closeSync(fs.openSync(path, OPEN.createNew, 0o600));
}

function refusalOf(call: () => void): string | undefined {
  try {
    call();
    return undefined;
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    if (!CODES_OF_REFUSAL.test(code)) throw cause;
    return `${code}: ${message}`;
  }
}

function distinct(world: MountWorld, first: string, second: string, named: Named): MountCheck {
  const refused = refusalOf(() => touch(world, first));
  if (refused) return outcome(named, 'unknown', refused);
  const again = refusalOf(() => touch(world, second));
  return again === undefined
    ? outcome(named, 'yes', 'names of the store need neither')
    : outcome(named, 'no', 'names of the store do not need it');
}

function made(_: MountWorld, id: string, what: string, call: () => void): MountCheck {
  const refused = refusalOf(call);
  return outcome(
    { id, what },
    refused ? 'no' : 'yes',
    refused ?? 'the store makes and follows none',
  );
}

/** A store refuses a directory into which others may write, and some mounts keep no permissions at all. */
function modes({ system: { fs, machine } }: MountWorld, directory: string): MountCheck {
  const named = { id: 'permissions', what: 'directories are for their owner alone' };
  if (machine.windows) return outcome(named, 'unknown', 'Windows has access lists instead');
  const mode = fs.lstatSync(directory).mode & 0o777;
  const open = (mode & 0o022) !== 0;
  const seen = `made with 700, is ${mode.toString(8)}`;
  const advice = open ? '; mount it for one user (umask=077)' : '';
  const is = outcome(named, mode === 0o700 ? 'yes' : 'no', `${seen}${advice}`);
  return open ? { ...is, neededBy: 'store' } : is;
}

/** The smallest step that the time of a file was seen to take. */
function times({ system: { fs, clock } }: MountWorld, directory: string): MountCheck {
  const fd = fs.openSync(join(directory, 'times'), OPEN.createNew, 0o600);
  const steps: number[] = [];
  try {
    const began = clock.elapsed();
    let last = fs.fstatSync(fd).mtimeMs;
    while (steps.length < 10 && clock.elapsed() - began < MTIME_MS_MAX) {
      fs.writeSync(fd, 'x');
      const { mtimeMs } = fs.fstatSync(fd);
      if (mtimeMs !== last) steps.push(mtimeMs - last);
      last = mtimeMs;
    }
  } finally {
    fs.closeSync(fd);
  }
  const named = { id: 'mtime', what: 'times of files are exact to 10 ms' };
  const least = Math.min(...steps);
  return steps.length === 0
    ? outcome(
        named,
        'no',
        `no other time within ${MTIME_MS_MAX} ms; the store decides nothing by them`,
      )
    : outcome(named, least <= 10 ? 'yes' : 'no', `steps of ${least.toFixed(3)} ms were seen`);
}
