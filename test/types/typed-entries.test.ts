import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const compiler = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
);

test('what must compile compiles against the built package, and nothing else does', async () => {
  const project = fileURLToPath(new URL('tsconfig.json', import.meta.url));
  const said = await new Promise((resolve) => {
    execFile(process.execPath, [compiler, '-p', project, '--pretty', 'false'], (error, out, err) =>
      resolve({ code: error ? error.code : 0, out, err }),
    );
  });
  expect(said).toEqual({ code: 0, out: '', err: '' });
});
