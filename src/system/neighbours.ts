import { type Loopback, realLoopback } from './loopback.ts';
import { type Processes, realProcesses } from './processes.ts';

/** Other programs of this machine, as far as they can be seen. Only who asks for them sees them. */
export interface Neighbours {
  readonly processes: Processes;
  readonly loopback: Loopback;
}

export const realNeighbours: Neighbours = { processes: realProcesses, loopback: realLoopback };
