/** The steps of the database schema are files that the built package reads, and no compiler copies them. */
import { cpSync } from 'node:fs';

const at = (directory) => new URL(`../${directory}/backends/postgres/migrations/`, import.meta.url);
cpSync(at('src'), at('dist'), { recursive: true });
