import { minutes } from '../frame/size.ts';
import { proveCrashStates } from './prove-crash-states.ts';

proveCrashStates(
  "C.14 R5.4 R4.8 with durability 'power' nothing acknowledged is lost in any crash state",
  'power',
  minutes(4, 50),
);
