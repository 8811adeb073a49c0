import { minutes } from '../frame/size.ts';
import { proveCrashStates } from './prove-crash-states.ts';

proveCrashStates(
  "C.14 R5.4 with durability 'process' every crash state is one that the session had",
  'process',
  minutes(4, 50),
);
