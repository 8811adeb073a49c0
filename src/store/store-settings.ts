import type { StoreOptions, Warning } from '../contract/store.ts';
import { HoldfastError } from '../model/errors.ts';
import {
  aFunction,
  checkOptions,
  MS_MAX,
  milliseconds,
  oneOf,
  text,
  whole,
  yesOrNo,
} from './check-options.ts';

/** The options of a store with every default filled in and every contradiction refused. */
export interface StoreSettings {
  durability: 'process' | 'power';
  instance: string | undefined;
  lockWaitMs: number;
  turnWaitMs: number;
  turnLimitMs: number | undefined;
  laneMax: number;
  openFilesMax: number | undefined;
  migrate: boolean;
  onWarning: (warning: Warning) => void;
}

/** Long enough for a provider call to notice its signal, short enough for a person who waits. */
export const GRACE_MS = 5_000;

const CHECKS = {
  durability: oneOf('process', 'power'),
  instance: text(200),
  lockWaitMs: milliseconds,
  turnWaitMs: milliseconds,
  turnLimitMs: whole(1, MS_MAX),
  laneMax: whole(0),
  openFilesMax: whole(16),
  migrate: yesOrNo,
  onWarning: aFunction,
};

/**
 * Checks the options of a store. Limits that contradict each other are refused here and not met
 * later: whoever waits for a turn must be able to outlast one that is over its limit.
 */
export function storeSettings(options: StoreOptions | undefined): StoreSettings {
  checkOptions(options, CHECKS, 'openStore');
  const settings: StoreSettings = {
    durability: options?.durability ?? 'process',
    instance: options?.instance,
    lockWaitMs: options?.lockWaitMs ?? 10_000,
    turnWaitMs: options?.turnWaitMs ?? 600_000,
    turnLimitMs: options?.turnLimitMs,
    laneMax: options?.laneMax ?? 1_000,
    openFilesMax: options?.openFilesMax,
    migrate: options?.migrate ?? true,
    onWarning: options?.onWarning ?? emitWarning,
  };
  const { turnLimitMs, turnWaitMs } = settings;
  if (turnLimitMs !== undefined) checkHoldBelowWait(turnLimitMs, GRACE_MS, turnWaitMs);
  return settings;
}

/** `LIMIT_EXCEEDED` when a turn could be held for as long as others wait for it. */
export function checkHoldBelowWait(limitMs: number, graceMs: number, turnWaitMs: number): void {
  if (limitMs + graceMs < turnWaitMs) return;
  throw new HoldfastError(
    'LIMIT_EXCEEDED',
    `A turn may be held for ${limitMs} ms and a grace of ${graceMs} ms, but others wait for it ${turnWaitMs} ms only. Lower the limit, or raise turnWaitMs.`,
  );
}

function emitWarning(warning: Warning): void {
  process.emitWarning(warning.message, { type: 'HoldfastWarning', code: warning.code });
}
