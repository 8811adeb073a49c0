import { createHash } from 'node:crypto';
import { HoldfastError } from '../../model/errors.ts';
import { shown } from '../../model/text.ts';

const NAMES = [
  'sessions',
  'records',
  'archives',
  'statics',
  'turns',
  'waiters',
  'removed',
  'gone',
  'watchers',
  'migrations',
  'conversations',
  'conversation_numbers',
  'now_ms',
  'tell_turn',
  'begin_turn',
  'end_turn',
  'interrupt_turn',
  'overtake_turn',
  'stop_waiting',
  'remove_session',
] as const;

/** What the schema holds, each name as SQL, with its schema: a pooler keeps no search path. */
export type Tables = Readonly<Record<(typeof NAMES)[number], string>> & {
  readonly schema: string;
  /** Channels of notifications, as the functions of the schema name them. */
  readonly changes: string;
  readonly turnCalls: string;
};

/** The names in this schema. `INVALID_ENTRY` for what PostgreSQL would not take for a name. */
export function tablesOf(schema: string): Tables {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new HoldfastError(
      'INVALID_ENTRY',
      `${shown(schema)} can not be the schema of a store: it takes 1 to 63 small letters, digits and '_', and begins with no digit.`,
    );
  }
  const quoted = `"${schema}"`;
  const names = Object.fromEntries(NAMES.map((name) => [name, `${quoted}.${name}`]));
  const channel = `holdfast_${createHash('md5').update(schema).digest('hex')}`;
  return {
    ...(names as Record<(typeof NAMES)[number], string>),
    schema: quoted,
    changes: `${channel}_changes`,
    turnCalls: `${channel}_turns`,
  };
}
