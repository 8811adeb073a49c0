import { it } from 'vitest';
import { databaseCopy } from '../../test/openclaw/database-copy.ts';
import { adoptKilled } from '../../test/openclaw/killed-adoption.ts';
import { longDatabase } from '../../test/openclaw/long-database.ts';
import { minutes, size } from '../frame/size.ts';

const MOMENTS = size(10, 100);

it(
  'C.14 an adoption of databases of the real program, killed at any call, is gone on with',
  () => adoptKilled(async () => databaseCopy('sqlite-imported'), MOMENTS),
  minutes(3, 30),
);

it(
  'C.14 an adoption of archives and long transcripts, killed at any call, is gone on with',
  () => adoptKilled(() => longDatabase({ sessions: 4, windows: 3, rows: 300, bytes: 60 }), MOMENTS),
  minutes(3, 30),
);
