import type { Problem } from '../../contract/reports.ts';
import { LIMITS } from '../../model/limits.ts';
import { type FileSystem, OPEN } from '../../system/file-system.ts';
import { forwardLines } from './forward-lines.ts';
import { isMissing } from './io-error.ts';
import { within } from './layout.ts';
import { readBytes } from './read-bytes.ts';
import { requireOwnFile } from './safe-path.ts';
import type { SessionFiles } from './session-files.ts';
import { decodeRecord, isDamage } from './transcript-line.ts';
import type { Verification } from './verification.ts';

const OPENING_BRACE = 0x7b;

/** Every line of one transcript decodes, its header is its own, and no other key has it. */
export async function verifyTranscript(
  { store, report, checked, slices, transcripts }: Verification,
  session: SessionFiles,
  sessionId: string,
  path: string,
): Promise<void> {
  const { key } = session;
  const where = { key, path: within(store.root, path) };
  const other = transcripts.get(path);
  if (other !== undefined && other !== key) {
    report({
      ...where,
      code: 'DUPLICATE',
      severity: 'damage',
      message: `The same transcript belongs to ${JSON.stringify(other)}.`,
      remedy: 'Decide whose it is and reset the other session.',
    });
  }
  transcripts.set(path, key);
  const { fs } = store.system;
  let fd: number;
  try {
    fd = await fs.open(path, OPEN.read, 0);
  } catch (cause) {
    if (isMissing(cause)) return;
    throw cause;
  }
  try {
    const { size } = requireOwnFile(await fs.fstat(fd), path, key);
    checked.transcripts += 1;
    checked.bytes += size;
    let end = 0;
    for await (const line of forwardLines(fs, fd, 0, size, LIMITS.recordBytesMax + 1_024)) {
      if (slices.due) await slices.rest();
      const range = { from: line.at, to: line.end };
      end = line.end;
      const decoded = 'tooLong' in line ? { damage: 'it is too long' } : decodeRecord(line.bytes);
      if (isDamage(decoded)) {
        report({
          ...where,
          code: 'TRANSCRIPT_DAMAGED',
          severity: 'damage',
          range,
          message: `A line does not decode: ${decoded.damage}. Readers skip it.`,
          remedy: 'Nothing has to be done; transcripts are never rewritten.',
        });
      } else if (line.at === 0 && (decoded.type !== 'session' || decoded.id !== sessionId)) {
        report({
          ...where,
          code: 'TRANSCRIPT_DAMAGED',
          severity: 'notice',
          range,
          message:
            decoded.type === 'session'
              ? `Its header names the conversation ${JSON.stringify(decoded.id)}.`
              : 'It has no header.',
          remedy: 'Its records are read all the same.',
        });
      }
    }
    if (end < size) report({ ...where, ...(await describeEnd(fs, fd, end, size)) });
  } finally {
    await fs.close(fd);
  }
}

/** What stands after the last whole line. */
async function describeEnd(
  fs: FileSystem,
  fd: number,
  from: number,
  to: number,
): Promise<Pick<Problem, 'code' | 'severity' | 'range' | 'message' | 'remedy'>> {
  const range = { from, to };
  const [first] = await readBytes(fs, fd, from, 1);
  if (from === 0 && first !== OPENING_BRACE) {
    return {
      code: 'TRANSCRIPT_DAMAGED',
      severity: 'damage',
      range,
      message: 'It does not begin as a transcript, and no line of it decodes.',
      remedy: 'The next append keeps it aside and begins anew.',
    };
  }
  return {
    code: 'LEFTOVER',
    severity: 'notice',
    range,
    message: 'It ends in an unfinished line that was never acknowledged, or is being written.',
    remedy: 'The next append keeps it aside and cuts it off.',
  };
}
