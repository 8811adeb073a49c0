import type { HoldfastError } from '../model/errors.ts';

/** An error that the next session would meet as well. */
export function endsAll(error: HoldfastError): boolean {
  return error.code === 'DISK_FULL' || error.code === 'STORE_CLOSED';
}
