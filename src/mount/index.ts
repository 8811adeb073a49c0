export type { MountCheck, MountReport, NeededBy } from './mount-report.ts';
export { probeMount } from './probe-mount.ts';
