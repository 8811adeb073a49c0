import type { TurnOptions } from '../contract/store.ts';
import { HoldfastError } from '../model/errors.ts';
import { checkOptions, MS_MAX, milliseconds, oneOf, signal, text, whole } from './check-options.ts';
import { checkHoldBelowWait, GRACE_MS, type StoreSettings } from './store-settings.ts';

/** The options of one turn with every default filled in. */
export interface TurnSettings {
  whenBusy: 'wait' | 'reject' | 'interrupt';
  label: string | undefined;
  waitMs: number;
  graceMs: number;
  limitMs: number | undefined;
  signal: AbortSignal | undefined;
}

export const LABEL_CHECK = text(200);

const CHECKS = {
  whenBusy: oneOf('wait', 'reject', 'interrupt'),
  label: LABEL_CHECK,
  waitMs: milliseconds,
  graceMs: milliseconds,
  limitMs: whole(1, MS_MAX),
  signal,
};

/** Checks the options of a turn, also against each other and against those of the store. */
export function turnSettings(options: TurnOptions | undefined, store: StoreSettings): TurnSettings {
  checkOptions(options, CHECKS, 'turn');
  const settings: TurnSettings = {
    whenBusy: options?.whenBusy ?? 'wait',
    label: options?.label,
    waitMs: options?.whenBusy === 'reject' ? 0 : (options?.waitMs ?? store.turnWaitMs),
    graceMs: options?.graceMs ?? GRACE_MS,
    limitMs: options?.limitMs ?? store.turnLimitMs,
    signal: options?.signal,
  };
  const { whenBusy, waitMs, graceMs, limitMs } = settings;
  if (limitMs !== undefined) checkHoldBelowWait(limitMs, graceMs, store.turnWaitMs);
  if (whenBusy === 'interrupt' && graceMs >= waitMs) {
    throw new HoldfastError(
      'LIMIT_EXCEEDED',
      `An interrupted turn has a grace of ${graceMs} ms, but this one would wait for ${waitMs} ms only and never overtake it. Lower graceMs, or raise waitMs.`,
    );
  }
  return settings;
}
