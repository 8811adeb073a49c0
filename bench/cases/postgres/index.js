import * as hammered from './hammered.js';
import * as patches from './patches.js';
import * as sizes from './sizes.js';
import * as turns from './turns.js';

/** What is measured on a server, with `--postgres`. */
export const POSTGRES_CASES = [patches, hammered, sizes, turns];
