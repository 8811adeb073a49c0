/** Adopts the directory that it is given; killed in the middle of it. */
import { adoptStateDir } from 'holdfast/openclaw';

await adoptStateDir(process.argv[2] ?? '');
process.disconnect?.();
