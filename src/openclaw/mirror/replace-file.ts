import type { System } from '../../system/system.ts';
import { pause } from '../../system/timers.ts';

/** On Windows a reader that has the file open for a moment is in the way of a rename. */
const HELD = new Set(['EPERM', 'EACCES', 'EBUSY']);
/** As often and as long as OpenClaw itself tries. */
const TRIES = 5;
const PAUSE_MS = 50;

/** Gives a file that is whole the name of another one, which readers see before or after, never half. */
export async function replaceFile(system: System, from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await system.fs.rename(from, to);
      return;
    } catch (cause) {
      const held = system.machine.windows && HELD.has(String((cause as { code?: unknown }).code));
      if (!held || tries >= TRIES) throw cause;
      await pause(system.timers, PAUSE_MS * tries);
    }
  }
}
