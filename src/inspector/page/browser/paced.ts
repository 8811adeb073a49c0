import { after } from './clock.ts';

/** A call that is made at once and then at most once in a while; `stop` drops what is outstanding. */
export interface Paced {
  (): void;
  stop(): void;
}

/** The first call goes through at once; of those within `ms` after it, one is made when `ms` is over. */
export function paced(ms: number, call: () => void): Paced {
  let cancel: (() => void) | undefined;
  let again = false;
  const run = (): void => {
    again = false;
    cancel = after(ms, () => {
      cancel = undefined;
      if (again) run();
    });
    call();
  };
  const pacedCall = (): void => {
    if (cancel) again = true;
    else run();
  };
  const stop = (): void => {
    cancel?.();
    cancel = undefined;
    again = false;
  };
  return Object.assign(pacedCall, { stop });
}
