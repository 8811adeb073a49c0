/** Mutants of what the inspector lets in, and lets be done. */
import type { Mutant } from './mutants.ts';

const SECURITY = 'src/inspector/security.ts';
const REFUSALS = 'test/inspector/refusals.test.ts';
const ACTIONS = 'test/inspector/actions.test.ts';

export const MUTANTS_OF_THE_INSPECTOR: readonly Mutant[] = [
  {
    name: 'any-token-taken',
    file: SECURITY,
    find: 'if (given !== undefined && timingSafeEqual(sha256(given), wanted)) return;',
    replace: 'if (given !== undefined && wanted.length > 0) return;',
    killedBy: { file: REFUSALS, test: 'refuses a wrong token' },
  },
  {
    name: 'name-that-begins-like-ours-taken',
    file: SECURITY,
    find: '[...OWN_HOSTS, ...hosts].includes(hostName(host))',
    replace: '[...OWN_HOSTS, ...hosts].some((own) => hostName(host).startsWith(own))',
    killedBy: { file: REFUSALS, test: 'refuses a name that begins like ours' },
  },
  {
    name: 'another-port-taken-for-ours',
    file: SECURITY,
    find: 'hostOfOrigin(origin) !== hostOf(request).toLowerCase()',
    replace: "hostName(hostOfOrigin(origin) ?? '') !== hostName(hostOf(request))",
    killedBy: { file: REFUSALS, test: 'refuses another port of this machine' },
  },
  {
    name: 'action-of-a-form-done',
    file: SECURITY,
    find: "if (headers.get('x-holdfast-action') !== '1') {",
    replace: "if (headers.get('x-holdfast-action') === '0') {",
    killedBy: { file: ACTIONS, test: 'needs its header and its type, which no form can send' },
  },
  {
    name: 'action-done-where-only-looking-is-allowed',
    file: 'src/inspector/api.ts',
    find: '      if (!settings.write) throw readOnly();\n',
    replace: '      if (settings.token === undefined) throw readOnly();\n',
    killedBy: { file: ACTIONS, test: 'needs to be allowed' },
  },
];
