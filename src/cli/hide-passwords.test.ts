import { expect, test } from 'vitest';
import { hidePasswords } from './hide-passwords.ts';

test.each([
  ['postgres://me:secret@host/db', 'postgres://me:***@host/db'],
  [
    'no command "postgresql://me:se:cr/et@host:5432/db".',
    'no command "postgresql://me:***@host:5432/db".',
  ],
  ['--stor=postgres://:secret@host', '--stor=postgres://:***@host'],
  ['/work/postgres:me:secret@host/db', '/work/postgres:me:***@host/db'],
  ['/work/postgres:/me:secret@host/db', '/work/postgres:/me:***@host/db'],
  ['{"a":"postgres://h/db?password=secret&x=1"}', '{"a":"postgres://h/db?password=***&x=1"}'],
  ['postgres://me@host/db?schema=s', 'postgres://me@host/db?schema=s'],
  ['agent:main:slack:channel:c024', 'agent:main:slack:channel:c024'],
  ['agent:main:mail:to:me@host.org', 'agent:main:mail:to:me@host.org'],
  ['postgres://me:a@b@host/db', 'postgres://me:***@host/db'],
])('%s', (text, shown) => {
  expect(hidePasswords(text)).toBe(shown);
});
