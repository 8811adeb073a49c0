import type { ResetAsk } from '../contract/backend.ts';
import type { ResetOptions } from '../contract/store.ts';
import { kind, type OptionCheck, text } from './check-options.ts';

/** Field names as `keep` takes them; a field that the entry does not have is no mistake. */
const FIELDS_MAX = 10_000;

const isKeep = (value: unknown) =>
  value === 'all' ||
  value === 'none' ||
  (Array.isArray(value) &&
    value.length <= FIELDS_MAX &&
    value.every((field) => typeof field === 'string'));

export const RESET_CHECKS: Readonly<Record<string, OptionCheck>> = {
  reason: text(200),
  keep: kind("'all', 'none' or a list of field names", isKeep),
};

/** What a reset asks, from options that were checked already. */
export function resetAsk(options: ResetOptions | undefined): ResetAsk {
  const { reason = 'reset', keep = 'all' } = options ?? {};
  return { reason, keep: typeof keep === 'string' ? keep : [...keep] };
}
