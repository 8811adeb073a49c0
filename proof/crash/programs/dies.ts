/** A process that dies at a point of a scenario by its own hand, as a crash: nothing comes after. */
import process from 'node:process';
import { endWithParent, planOf } from '../../frame/with-parent.ts';
import { DyingSystem, type Point } from '../dying-system.ts';
import { openBackend, SCENARIOS, type Scenario } from '../scenarios.ts';

const { root, name, point } = planOf<{ root: string; name: string; point: Point }>();
endWithParent();
const cell = new Int32Array(new SharedArrayBuffer(4));
const system = new DyingSystem(point, () => {
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(cell, 0, 0);
});
const scenario = SCENARIOS.find((each) => each.name === name) as Scenario;
const backend = await openBackend(root, system);
await scenario.prepare?.(backend, root);
system.arm();
for (const step of scenario.steps) {
  await step(backend);
  process.stdout.write('acknowledged\n');
}
process.exit(0);
