/** What the names in a `sessions` directory are, by the names that both programs give. */

export type NameKind =
  | 'list'
  | 'transcript'
  | 'lock'
  | 'temporary'
  | 'list-copy'
  | 'archive'
  | 'side'
  | 'ours'
  | 'foreign';

const STAMP = String.raw`\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d{3})?Z`;
const RULES: readonly [NameKind, RegExp][] = [
  ['list', /^sessions\.json$/],
  ['lock', /^(sessions\.json|.+\.jsonl)\.lock$/],
  ['temporary', /^sessions\.json\..*\.tmp$|\.jsonl\.repair-\d+-\d+\.tmp$/],
  ['list-copy', /^sessions\.json\.(bak\.\d+|former.*|conflict\..*)$/],
  [
    'archive',
    new RegExp(String.raw`\.jsonl\.(reset|deleted|bak)\.${STAMP}(\.[0-9a-f]{32})?(\.zst)?$`),
  ],
  ['archive', /\.jsonl\.bak-\d+-\d+$/],
  ['side', /\.trajectory\.jsonl$|\.trajectory-path\.json$|\.checkpoint\.[0-9a-f-]{36}\.jsonl$/],
  ['side', /^skills-prompts$/],
  ['ours', /^(sessions\.d|blobs|changes|removed)$/],
  ['transcript', /\.jsonl$/],
];

export function nameKind(name: string): NameKind {
  return RULES.find(([, form]) => form.test(name))?.[0] ?? 'foreign';
}

/** A transcript that a fork made: the time, then the session id. */
const STAMPED = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z_/;

/** The session ids that a transcript's name can mean; the whole name first. */
export function idsInName(name: string): string[] {
  const stem = name.replace(/\.jsonl$/, '');
  const plain = stem.replace(STAMPED, '');
  const topic = plain.indexOf('-topic-');
  const ids = [stem, plain, ...(topic > 0 ? [plain.slice(0, topic)] : [])];
  return [...new Set(ids)];
}
