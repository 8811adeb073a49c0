/** Adopts the directory that it is given; killed in the middle of it. */
import process from 'node:process';
import { adoptStateDir } from 'holdfast/openclaw';

const { directory } = JSON.parse(process.argv[2] ?? '{}');
process.stdout.write('ready\n');
await adoptStateDir(directory);
process.exit(0);
