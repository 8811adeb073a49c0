import * as adopt from './adopt.js';
import * as bytesAndBlocks from './bytes-and-blocks.js';
import * as disturbed from './disturbed.js';
import * as durability from './durability.js';
import * as flat from './flat.js';
import * as list from './list.js';
import * as mirror from './mirror.js';
import * as transcript from './transcript.js';
import * as update from './update.js';
import * as updateBlobs from './update-blobs.js';
import * as updateProcesses from './update-processes.js';

/** In this order; the last one tells what all of them have seen of the event loop. */
export const CASES = [
  update,
  updateProcesses,
  updateBlobs,
  flat,
  disturbed,
  durability,
  transcript,
  list,
  adopt,
  mirror,
  bytesAndBlocks,
];
