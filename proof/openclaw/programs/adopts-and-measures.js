/** Adopts the directory that it is given, and says how much memory that took at most. */
import process from 'node:process';
import { adoptStateDir } from 'holdfast/openclaw';

const { directory } = JSON.parse(process.argv[2] ?? '{}');
const { adopted, refused } = await adoptStateDir(directory);
const residentBytes = process.resourceUsage().maxRSS * 1_024;
process.stdout.write(`${JSON.stringify({ adopted, refused: refused.length, residentBytes })}\n`);
