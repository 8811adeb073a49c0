import { readFileSync } from 'node:fs';

/** Bytes that this process, all its threads together, has handed to the system so far; Linux only. */
export function bytesWritten() {
  const lines = readProc('/proc/self/io');
  return lines === undefined
    ? undefined
    : { calls: numberOf(lines, 'wchar'), pages: numberOf(lines, 'write_bytes') };
}

/** The most memory that this process has had resident, in bytes. */
export function residentMax() {
  const lines = readProc('/proc/self/status');
  return lines === undefined ? process.memoryUsage.rss() : numberOf(lines, 'VmHWM') * 1_024;
}

function readProc(path) {
  return process.platform === 'linux' ? readFileSync(path, 'utf8') : undefined;
}

function numberOf(lines, name) {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(lines)?.[1]);
}
