import type { Warning } from '../../contract/store.ts';
import type { LeftOut } from './release-report.ts';

/** What a back end told while it was read: bytes that are in no new file, and the rest. */
export class Told {
  readonly leftOut: LeftOut[] = [];
  readonly notices: LeftOut[] = [];
  readonly #seen = new Set<string>();

  readonly take = ({ code, key, message }: Warning): void => {
    if (this.#seen.has(message)) return;
    this.#seen.add(message);
    const lost = code === 'TRANSCRIPT_DAMAGED' || code === 'ENTRY_DAMAGED';
    const told = { ...(key !== undefined && { key }), reason: message.replace(/\.$/, '') };
    (lost ? this.leftOut : this.notices).push(told);
  };
}
