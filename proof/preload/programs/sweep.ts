/**
 * Runs under the shim. For each verb, every call that it makes to the kernel below the store fails
 * once in each way that fits, and for ever; after each the store is looked at. Says what it found.
 */
import { cpSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { isHoldfastError, openStore, type Session, type Store } from '../../../src/index.ts';
import { endWithParent, planOf } from '../../frame/with-parent.ts';
import { arm, counted, disarm, FITTING, type KernelFault, LASTING } from '../armed.ts';
import { VERBS, type Verb } from '../verbs.ts';

interface Plan {
  root: string;
  verbs: string[];
  /** Those of them that are tried with `durability: 'power'`, too. */
  power: string[];
  /** Of the errors of a call, only these; all when left out. */
  errnos?: string[];
}

const KEY = 'agent:main:main';
const { root, verbs, power, errnos } = planOf<Plan>();
const template = join(root, 'template');
const directory = join(root, 'store');
type Durability = 'process' | 'power';
const open = (durability: Durability = 'process') =>
  openStore(directory, { durability, onWarning: () => undefined });

/** What can be seen of the session, without ids and times. */
async function viewOf(session: Session): Promise<string> {
  const state = await session.read();
  if (!state) return 'none';
  const textsOf = async (sessionId: string) => {
    const texts: string[] = [];
    const range = { sessionId, onDamage: 'throw' } as const;
    for await (const { text } of session.transcript(range)) texts.push(String(text));
    return texts;
  };
  const archives = [];
  for (const { sessionId, reason } of await session.archives()) {
    archives.push([reason, await textsOf(sessionId)]);
  }
  const { rev, entry, turn, sessionId } = state;
  const fields = Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([rev, fields, turn?.status, await textsOf(sessionId), archives]);
}

function openBelow(): string[] {
  const fds = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // The descriptor with which the directory was listed.
      return '';
    }
  });
  return fds.filter((path) => path.startsWith(`${directory}/`));
}

interface Scene {
  verb: Verb;
  durability: Durability;
  before: string;
  after: string;
}

async function outcomeOf(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (cause) {
    if (!isHoldfastError(cause)) throw cause;
    return cause.code;
  }
}

function must(right: boolean, what: string): void {
  if (!right) throw new Error(what);
}

/** One run with one fault; the kinds of its calls. */
async function tryWith(scene: Scene, fault: KernelFault | undefined): Promise<string> {
  cpSync(template, directory, { recursive: true });
  const tried = await open(scene.durability);
  const witness = await open();
  let kinds: string;
  try {
    kinds = await play(scene, fault, tried, witness);
  } finally {
    disarm();
    await tried.close();
    await witness.close();
  }
  must(openBelow().length === 0, `${openBelow()} stay open`);
  rmSync(directory, { recursive: true });
  return kinds;
}

async function play(
  scene: Scene,
  fault: KernelFault | undefined,
  tried: Store,
  witness: Store,
): Promise<string> {
  const { verb } = scene;
  const session = tried.session(KEY);
  await verb.hold?.(session, tried);
  if (fault) arm(fault);
  else disarm();
  const outcome = await outcomeOf(() => verb.run(session, tried));
  const { kinds } = counted();
  disarm();
  const seen = await viewOf(session);
  const other = witness.session(KEY);
  must((await viewOf(other)) === seen, 'another store sees something else');
  if (!fault) scene.after = seen;
  else judge(scene, outcome, seen);
  await goOn(session, other, witness);
  return kinds;
}

function judge({ verb, before, after }: Scene, outcome: string | undefined, seen: string): void {
  // A turn may have been cut off at any of its steps.
  if (verb.name === 'turn') return;
  if (outcome === undefined) must(seen === after, `resolved, and one sees ${seen}`);
  else if (outcome === 'OUTCOME_UNKNOWN') {
    const empty = before === 'none' && seen.startsWith('[1,[],null,[]');
    must(seen === before || seen === after || empty, `${outcome}, and one sees ${seen}`);
  } else must(seen === before, `${outcome}, and one sees ${seen} instead of ${before}`);
}

async function goOn(session: Session, other: Session, witness: Store): Promise<void> {
  const { rev } = await session.update({ next: 1 });
  await other.append({ type: 'note', text: 'next' });
  must((await other.read())?.rev === rev, 'the next update is not seen');
  const { problems } = await witness.verify();
  const damage = problems.filter(({ severity }) => severity === 'damage');
  must(damage.length === 0, `damage: ${JSON.stringify(damage)}`);
}

function* faultsOf(kinds: string): Generator<KernelFault> {
  for (const [index, kind] of [...kinds].entries()) {
    for (const what of FITTING[kind] ?? []) {
      if (errnos && !errnos.includes(what)) continue;
      yield { n: index + 1, what };
      if (LASTING.has(what)) yield { n: index + 1, what, forever: true };
    }
  }
}

async function sweep(verb: Verb, durability: Durability): Promise<void> {
  const scene: Scene = { verb, durability, before: '', after: '' };
  const first = await openStore(template, { onWarning: () => undefined });
  await verb.prepare(first.session(KEY), first);
  await first.close();
  cpSync(template, directory, { recursive: true });
  const looking = await open(durability);
  await verb.hold?.(looking.session(KEY), looking);
  scene.before = await viewOf(looking.session(KEY));
  await looking.close();
  rmSync(directory, { recursive: true });
  const kinds = await tryWith(scene, undefined);
  const failures: string[] = [];
  let count = 0;
  for (const fault of faultsOf(kinds)) {
    count += 1;
    try {
      await tryWith(scene, fault);
    } catch (cause) {
      disarm();
      rmSync(directory, { recursive: true, force: true });
      const where = `${fault.what}${fault.forever ? ' from' : ' at'} call ${fault.n} of ${kinds}`;
      failures.push(`${verb.name}, ${durability}, ${where}: ${(cause as Error).message}`);
    }
  }
  rmSync(template, { recursive: true });
  process.stdout.write(`${JSON.stringify({ verb: verb.name, kinds, count, failures })}\n`);
}

endWithParent();
Error.stackTraceLimit = 0;
for (const verb of VERBS.filter(({ name }) => verbs.includes(name))) {
  await sweep(verb, 'process');
  if (power.includes(verb.name)) await sweep(verb, 'power');
}
process.stdout.write('done\n');
process.exit(0);
