import type { Call, Fault } from '../../test/faults/faulty-system.ts';
import { errnosFor } from './fitting-errnos.ts';

/** A fault that is planned for one run. */
export interface Planned {
  /** Number of the call, counted from 1. */
  n: number;
  /** With which the call fails; left out for a write that is only short. */
  errno?: string;
  /** From this call on, every call that can fail so does. */
  forever?: boolean;
  /** The write takes so many bytes. */
  bytes?: number;
}

/** What happens to a call when these faults are planned. */
export function faultsAt(plan: readonly Planned[]): (call: Call) => Fault | undefined {
  return (call) => {
    for (const { n, errno, forever, bytes } of plan) {
      if (errno === undefined) {
        if (call.n === n && bytes !== undefined) return { bytes };
      } else if (call.n === n || (forever && call.n > n)) {
        if (errnosFor(call).includes(errno)) return { errno };
      }
    }
    return undefined;
  };
}

/** A plan in words, for the message of a failure. */
export function planText(plan: readonly Planned[], calls: readonly Call[]): string {
  const texts = plan.map(({ n, errno, forever, bytes }) => {
    const call = calls[n - 1];
    const what = errno ?? `${bytes} bytes`;
    const path = call?.path.split('/').slice(-2).join('/');
    return `${what}${forever ? ' from' : ' at'} call ${n} (${call?.name} ${path})`;
  });
  return texts.join(' and ');
}
