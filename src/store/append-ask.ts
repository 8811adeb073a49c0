import type { AppendAsk } from '../contract/backend.ts';
import { checkRecordId } from '../model/record.ts';
import { asChecked, checkOptions, type OptionCheck } from './check-options.ts';

export const APPEND_CHECKS: Readonly<Record<string, OptionCheck>> = {
  id: asChecked(checkRecordId),
};

const NO_ID: AppendAsk = Object.freeze({});

/** What an append asks besides its record. */
export function appendAsk(options: { id?: string } | undefined, what: string): AppendAsk {
  checkOptions(options, APPEND_CHECKS, what);
  return idOf(options);
}

/** The same for options that were checked already. */
export function idOf(options: { id?: string } | undefined): AppendAsk {
  return options?.id === undefined ? NO_ID : { id: options.id };
}
