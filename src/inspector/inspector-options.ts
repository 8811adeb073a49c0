import { HoldfastError } from '../model/errors.ts';
import { isPlainObject } from '../model/plain-object.ts';
import { shown } from '../model/text.ts';
import { hostName } from './security.ts';
import { realWorld, type World } from './world.ts';

/** How an inspector is set up. */
export interface InspectorOptions {
  /**
   * What the page sends to be let in, 16 to 1,024 visible ASCII characters. Default: 32 random bytes
   * of its own, as base64url, new at every start.
   */
  token?: string;
  /** Path at which the handler is mounted in its server. Default `/`. */
  base?: string;
  /** Lets the page change sessions: reset, restore, interrupt, edit, remove, repair. Default: false. */
  write?: boolean;
  /** Names, besides `127.0.0.1`, `localhost` and `[::1]`, under which it may be reached. */
  hosts?: readonly string[];
}

/** The options with every default filled in. */
export interface InspectorSettings {
  token: string;
  /** Begins and ends with a slash. */
  base: string;
  write: boolean;
  hosts: readonly string[];
}

const TOKEN = /^[\x21-\x7e]{16,1024}$/;
/** Plain segments only: what a router takes for a pattern stays out. */
const BASE = /^\/?([\w.~-]+\/)*[\w.~-]*$/;
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)$/;

/** Checks the options: `INVALID_ENTRY` for one that there is not, or that is of the wrong kind. */
export function inspectorSettings(
  options: InspectorOptions = {},
  world: Pick<World, 'newToken'> = realWorld,
): InspectorSettings {
  if (!isPlainObject(options)) refuse('The options of inspector are not a plain object.');
  const { token = world.newToken(), base = '/', write = false, hosts = [], ...others } = options;
  const [other] = Object.keys(others);
  if (other !== undefined) refuse(`inspector has no option ${shown(other)}.`);
  if (typeof token !== 'string' || !TOKEN.test(token)) {
    refuse('Option token of inspector is not a text of 16 to 1024 visible ASCII characters.');
  }
  if (typeof base !== 'string' || !BASE.test(base)) {
    refuse('Option base of inspector is not a path such as /inspector.');
  }
  if (typeof write !== 'boolean') refuse('Option write of inspector is not true or false.');
  if (!Array.isArray(hosts) || !hosts.every((host) => typeof host === 'string')) {
    refuse('Option hosts of inspector is not a list of names.');
  }
  const names = hosts.map(hostName);
  const wrong = names.find((name) => !HOST.test(name));
  if (wrong !== undefined)
    refuse(`Option hosts of inspector: ${shown(wrong)} is no name of a host.`);
  const inner = base.replace(/^\/|\/$/g, '');
  return { token, base: inner === '' ? '/' : `/${inner}/`, write, hosts: names };
}

function refuse(message: string): never {
  throw new HoldfastError('INVALID_ENTRY', message);
}
