/**
 * Loaded before a program whose output is shown in the documentation: its clock stands at PAGE_TIME
 * (milliseconds since the epoch), and its machine and process have names that stay.
 */
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import process from 'node:process';

const now = Number(process.env.PAGE_TIME);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [now] : args));
  }

  static now() {
    return now;
  }
};

os.hostname = () => 'gateway-1';
Object.defineProperty(process, 'pid', { value: 4711 });
syncBuiltinESMExports();
