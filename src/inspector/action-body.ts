import { isPlainObject } from '../model/plain-object.ts';
import { checkSessionId } from '../model/session-id.ts';
import { checkSessionKey } from '../model/session-key.ts';
import { shown } from '../model/text.ts';
import { badRequest } from './refusal.ts';
import type { Action } from './wire.ts';

/** Says what a field of an action must be, unless it is that. */
type Check = (value: unknown) => string | undefined;

const TEXT_MAX = 200;
const GRACE_MS_MAX = 60_000;

const text: Check = (value) =>
  typeof value === 'string' && value !== '' && value.length <= TEXT_MAX
    ? undefined
    : `a text of 1 to ${TEXT_MAX} characters`;
const yesOrNo: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false');
const anything: Check = () => undefined;
const whole =
  (max: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max
      ? undefined
      : `a whole number from 0 to ${max}`;
const keep: Check = (value) => (value === 'all' || value === 'none' ? undefined : 'all or none');
/** These throw an error of their own. */
const key: Check = (value) => {
  checkSessionKey(value);
  return undefined;
};
const sessionId: Check = (value) => {
  checkSessionId(value);
  return undefined;
};

interface Shape {
  fields: Readonly<Record<string, Check>>;
  needed: readonly string[];
}

const SHAPES: Readonly<Record<Action['action'], Shape>> = {
  reset: { fields: { key, reason: text, keep }, needed: ['key'] },
  restore: { fields: { key, sessionId }, needed: ['key', 'sessionId'] },
  interrupt: { fields: { key, graceMs: whole(GRACE_MS_MAX), reason: text }, needed: ['key'] },
  edit: {
    fields: { key, field: text, value: anything, ifRev: whole(Number.MAX_SAFE_INTEGER) },
    needed: ['key', 'field'],
  },
  remove: { fields: { key, ifSessionId: sessionId }, needed: ['key'] },
  verify: { fields: {}, needed: [] },
  repair: { fields: { dryRun: yesOrNo }, needed: ['dryRun'] },
};

/** The action that a body asks for; refuses one that is not wholly understood. */
export function actionOf(body: string): Action {
  const given = parsed(body);
  const name = given.action;
  if (typeof name !== 'string' || !Object.hasOwn(SHAPES, name)) {
    throw badRequest(`The field action must be one of ${Object.keys(SHAPES).join(', ')}.`);
  }
  const { fields, needed } = SHAPES[name as Action['action']];
  for (const [field, value] of Object.entries(given)) {
    if (field === 'action') continue;
    const check = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (check === undefined) throw badRequest(`${name} takes no field ${shown(field)}.`);
    const wanted = check(value);
    if (wanted !== undefined) throw badRequest(`The field ${field} of ${name} must be ${wanted}.`);
  }
  const missing = needed.find((field) => !Object.hasOwn(given, field));
  if (missing !== undefined) throw badRequest(`The field ${missing} of ${name} is missing.`);
  return given as unknown as Action;
}

function parsed(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw badRequest('The body is not JSON.');
  }
  if (isPlainObject(value)) return value as Record<string, unknown>;
  throw badRequest('The body is not a JSON object.');
}
