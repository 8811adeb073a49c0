/** Adopts the directory that it is given; killed in the middle of it, or asked to tell what it did. */
import { adoptStateDir } from 'holdfast/openclaw';

const report = await adoptStateDir(process.argv[2] ?? '');
if (process.argv[3] === 'tell') {
  const { maxRSS } = process.resourceUsage();
  process.stdout.write(JSON.stringify({ ...report, residentKiB: maxRSS }));
}
process.disconnect?.();
