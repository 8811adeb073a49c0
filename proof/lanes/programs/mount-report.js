/** What `holdfast doctor --mount` says of a directory, in a lane: `node mount-report.js <directory> <results.json>` */
import { renameSync, writeFileSync } from 'node:fs';
import { probeMount } from '../../../dist/mount/index.js';

const [directory, results] = process.argv.slice(2);
writeFileSync(`${results}.part`, JSON.stringify(await probeMount(directory)));
renameSync(`${results}.part`, results);
