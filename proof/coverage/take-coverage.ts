/** A worker of vitest is stopped from outside: what it covered is written before that. */
import { takeCoverage } from 'node:v8';
import { afterAll } from 'vitest';

afterAll(() => takeCoverage());
