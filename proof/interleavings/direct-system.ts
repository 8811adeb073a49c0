/** The seam over a {@link SharedDisk} for one process whose calls are made at once. */
import type { System } from '../../src/system/system.ts';
import { type DiskCall, fileLockOver, fileSystemOver, perform, valueIn } from './disk-calls.ts';
import type { SharedDisk } from './shared-disk.ts';

/** 2026-03-01 in UTC. */
const NOW = Date.UTC(2026, 2, 1);
/** One clock for all processes, so that no two things happen at the same time. */
let looks = 0;

/** Time passes when somebody waits for it, and a millisecond at every look at the clock of the wall. */
export function directSystem(disk: SharedDisk, process: number): System {
  let elapsed = 0;
  let tokens = 0;
  const make = (call: DiskCall) => valueIn(call, perform(disk, process, call));
  const token = () => {
    tokens += 1;
    return `${process.toString(16)}${tokens.toString(16).padStart(30, '0')}`.padStart(32, '0');
  };
  const after = (ms: number, call: () => void) => {
    let over = false;
    const due = elapsed + ms;
    setImmediate(() => {
      if (over) return;
      elapsed = Math.max(elapsed, due);
      call();
    });
    return () => {
      over = true;
    };
  };
  return {
    fs: fileSystemOver(make, async (call) => make(call)),
    lock: fileLockOver(make),
    clock: {
      now: () => {
        looks += 1;
        return NOW + looks + Math.floor(elapsed);
      },
      elapsed: () => elapsed,
    },
    timers: { after, every: () => () => undefined, soon: (call) => void setImmediate(call) },
    random: { fraction: () => 0.5, id: () => `id-${token()}`, token },
    machine: { host: 'here', pid: process, windows: false, boot: 'boot', openFilesLimit: 1_024 },
    mount: { kind: () => 'sound', excludes: async () => true },
  };
}
