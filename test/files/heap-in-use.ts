import v8 from 'node:v8';
import vm from 'node:vm';

/** Bytes of the heap that are still in use after everything else was collected. */
export function heapInUse(): number {
  v8.setFlagsFromString('--expose-gc');
  (vm.runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
