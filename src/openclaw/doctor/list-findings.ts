/** What is wrong with a `sessions.json` as a file, before its entries are looked at. */
import { shown } from '../../model/text.ts';
import type { Findings } from './findings.ts';
import type { ListDamage, ListScan } from './list-scan.ts';

const KEEP =
  'Stop the gateway before it saves an empty list over this file, and keep a copy of the file.';
const PUT_BACK = `${KEEP} Put a whole copy in its place: a temporary file beside it, a \`sessions.json.bak.<time>\`, or a backup. The transcripts are not touched.`;

const SALVAGE =
  'When there is none, `holdfast adopt --salvage` takes the entries that stand whole, and every transcript.';

/** One field is told when it makes up so many bytes and such a part of the list. */
const BLOAT_BYTES_MIN = 1_048_576;
const BLOAT_SHARE_MIN = 0.2;

export function listFindings(findings: Findings, path: string, scan: ListScan): void {
  if (scan.marked) {
    findings.add('LIST_BYTE_ORDER_MARK', {
      path,
      range: { from: 0, to: 3 },
      reason: 'it begins with a byte-order mark, so an editor has written it',
      remedy: `OpenClaw 2026.2 and later read it as an empty list. ${KEEP} Save it again as UTF-8 without the mark.`,
    });
  }
  if (scan.damage !== undefined) damageFinding(findings, path, scan, scan.damage);
  if ((scan.mode & 0o200) === 0) {
    findings.add('LIST_READ_ONLY', {
      path,
      reason: `its permissions are ${(scan.mode & 0o777).toString(8)}; both programs replace the file and do not write into it`,
      remedy:
        'Nothing has to be done. To keep it from being changed, take the right to write away from its directory.',
    });
  }
  for (const key of scan.repeated) {
    findings.add('REPEATED_KEY', {
      ...{ path, key },
      reason: 'the text has this key more than once; the last one counts, also for OpenClaw',
      remedy: 'Look at both entries with a text editor and keep one of them.',
    });
  }
  for (const [field, bytes] of [...scan.bytesOf].sort((a, b) => b[1] - a[1])) {
    if (bytes < BLOAT_BYTES_MIN || bytes < scan.bytes * BLOAT_SHARE_MIN) continue;
    const part = Math.round((bytes / scan.bytes) * 100);
    findings.add('BLOATED_FIELD', {
      ...{ path, bytes },
      reason: `the field ${shown(field)} makes up ${bytes.toLocaleString('en')} bytes, ${part} % of the list, which OpenClaw writes at every change`,
      remedy:
        'Adopted by Holdfast, such a value is stored once for all sessions, and a change of a session writes that session only. In OpenClaw, update to 2026.5.28 or newer, or drop what it builds anew (`skillsSnapshot`, `systemPromptReport`) with the gateway stopped.',
    });
  }
}

function damageFinding(
  findings: Findings,
  path: string,
  { bytes, entries }: ListScan,
  { kind, at }: ListDamage,
): void {
  const range = { from: at, to: bytes };
  const before = `${entries.size} entries stand whole before that`;
  if (kind === 'empty') {
    findings.add('LIST_EMPTY', {
      path,
      reason: 'it has 0 bytes, which is no empty list but a lost one',
      remedy: PUT_BACK,
    });
  } else if (kind === 'zeroes') {
    const reason = `it consists of ${bytes} zero bytes, as a file system leaves after a crash`;
    findings.add('LIST_ZEROES', { path, range: { from: 0, to: bytes }, reason, remedy: PUT_BACK });
  } else if (kind === 'torn') {
    const reason = `it ends in the middle, after ${bytes} bytes; ${before}`;
    findings.add('LIST_TORN', {
      path,
      range: { from: bytes, to: bytes },
      reason,
      remedy: `${PUT_BACK} ${SALVAGE}`,
    });
  } else if (kind === 'type') {
    const reason = 'it is JSON, but not an object of sessions';
    findings.add('LIST_NOT_AN_OBJECT', { path, reason, remedy: PUT_BACK });
  } else {
    findings.add('LIST_NOT_JSON', {
      ...{ path, range },
      reason: `it is no JSON behind byte ${at}; ${before}`,
      remedy: `${KEEP} Mend the place with a text editor, or put a whole copy in its place. ${SALVAGE}`,
    });
  }
}
