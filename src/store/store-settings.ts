import type { MirrorOptions, StoreOptions, Warning } from '../contract/store.ts';
import { HoldfastError } from '../model/errors.ts';
import { isPlainObject } from '../model/plain-object.ts';
import {
  aFunction,
  checkOptions,
  MS_MAX,
  milliseconds,
  type OptionCheck,
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
  /** `undefined`: no mirror. */
  mirror: { debounceMs: number; version: string } | undefined;
  onWarning: (warning: Warning) => void;
}

/** Long enough for a provider call to notice its signal, short enough for a person who waits. */
export const GRACE_MS = 5_000;

/** Shorter: each look at a store of many sessions comes before the one before it has paid off. */
const DEBOUNCE_MS_MIN = 10;
const DEBOUNCE_MS = 5_000;
/** The last version that keeps its sessions in such a file. */
const VERSION = '2026.7.1';

const MIRROR_CHECKS = { debounceMs: whole(DEBOUNCE_MS_MIN, MS_MAX), version: text(64) };

const CHECKS = {
  durability: oneOf('process', 'power'),
  instance: text(200),
  lockWaitMs: milliseconds,
  turnWaitMs: milliseconds,
  turnLimitMs: whole(1, MS_MAX),
  laneMax: whole(0),
  openFilesMax: whole(16),
  migrate: yesOrNo,
  mirror: yesOrNoOr(MIRROR_CHECKS),
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
    mirror: mirrorSettings(options?.mirror),
    onWarning: options?.onWarning ?? emitWarning,
  };
  const { turnLimitMs, turnWaitMs } = settings;
  if (turnLimitMs !== undefined) checkHoldBelowWait(turnLimitMs, GRACE_MS, turnWaitMs);
  return settings;
}

/** Options of their own in the place of `true`. */
function yesOrNoOr(checks: Parameters<typeof checkOptions>[1]): OptionCheck {
  return (value) => {
    if (typeof value === 'boolean') return undefined;
    if (!isPlainObject(value)) {
      return { code: 'INVALID_ENTRY', why: 'is not true, false or an object of options' };
    }
    checkOptions(value, checks, 'mirror');
    return undefined;
  };
}

function mirrorSettings(given: boolean | MirrorOptions | undefined): StoreSettings['mirror'] {
  if (given === undefined || given === false) return undefined;
  const { debounceMs = DEBOUNCE_MS, version = VERSION } = given === true ? {} : given;
  return { debounceMs, version };
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
