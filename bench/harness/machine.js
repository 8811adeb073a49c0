import { execFileSync } from 'node:child_process';
import { arch, cpus, platform, release, totalmem } from 'node:os';

/** What a figure depends on besides the program. */
export function machineOf(dir) {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: `${platform()} ${release().split('-')[0]} ${arch()}`,
    node: process.version,
    fileSystem: fileSystemOf(dir),
  };
}

function fileSystemOf(dir) {
  if (platform() === 'win32') return 'unknown';
  const args = platform() === 'linux' ? ['-T', dir] : ['-Y', dir];
  const line = execFileSync('df', args, { encoding: 'utf8' }).trim().split('\n').at(-1);
  return line?.split(/\s+/)[1] ?? 'unknown';
}

export function machineLine(machine) {
  const { cpu, cores, memoryGb, kernel, node, fileSystem } = machine;
  return `${cpu}, ${cores} cores, ${memoryGb} GB, ${kernel}, Node ${node}, ${fileSystem}`;
}
