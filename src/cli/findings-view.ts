import type { DoctorReport, Finding, MendReport } from '../openclaw/index.ts';
import type { Call } from './call.ts';
import { counted } from './problem-lines.ts';
import { safeLine } from './safe-text.ts';

/** So many of one code are printed; with --verbose and --json all that were kept. */
const SHOWN_MAX = 5;

/** What an examination found, as people read it: the worst first. */
export async function printFindings(call: Call, report: DoctorReport): Promise<void> {
  const { out, verbose } = call;
  const { directory, findings, counts, more, looked } = report;
  const of = new Map<string, number>();
  for (const { code } of findings) of.set(code, (of.get(code) ?? 0) + 1);
  for (const { code, count } of more) of.set(code, (of.get(code) ?? 0) + count);
  const printed = new Map<string, number>();
  for (const finding of findings) {
    const number = (printed.get(finding.code) ?? 0) + 1;
    if (number > SHOWN_MAX && !verbose) continue;
    printed.set(finding.code, number);
    await out.lines(findingLines(finding, call));
  }
  if (findings.length > 0) await out.line();
  for (const [code, count] of of) {
    const hidden = count - (printed.get(code) ?? 0);
    if (hidden > 0) await out.line(`${hidden.toLocaleString('en')} more of ${code}`);
  }
  await out.line(
    `Looked at ${counted(looked.agents, 'agent')}, ${counted(looked.entries, 'entry', 'entries')}, ` +
      `${counted(looked.files, 'file')} and ${counted(looked.transcripts, 'transcript')} in ${safeLine(directory)}.`,
  );
  const { error, warning, note } = counts;
  if (error + warning + note === 0) await out.line(out.colors.green('Nothing was found.'));
  else {
    await out.line(
      `${counted(error, 'error')}, ${counted(warning, 'warning')}, ${counted(note, 'note')}.`,
    );
  }
}

function findingLines(finding: Finding, { out: { colors } }: Call): string[] {
  const { severity, code, path, key, range, reason, remedy, fix } = finding;
  const paint = { error: colors.red, warning: colors.yellow, note: colors.dim }[severity];
  const lines = [`${paint(severity)}  ${code}${key === undefined ? '' : `  ${safeLine(key)}`}`];
  if (path !== undefined) {
    const bytes = range === undefined ? '' : `, bytes ${range.from} to ${range.to}`;
    lines.push(`  at      ${path === '' ? 'the directory itself' : safeLine(path)}${bytes}`);
  }
  lines.push(`  what    ${safeLine(reason)}`, `  remedy  ${safeLine(remedy)}`);
  if (fix !== undefined) lines.push(`  --fix   ${fixText(finding)}`);
  return lines;
}

/** What a fix would do, in words. */
export function fixText({ path = '', fix }: Finding): string {
  if (fix?.do === 'chmod') {
    const place = path === '' ? 'the directory itself' : safeLine(path);
    return `changes the permissions of ${place} from ${fix.from.toString(8)} to ${fix.to.toString(8)}`;
  }
  return `moves ${safeLine(path)} aside`;
}

/** What was done, and what was left alone. */
export async function printMended({ out }: Call, report: MendReport): Promise<void> {
  const { green, yellow } = out.colors;
  for (const { path, what } of report.done) {
    await out.line(`${green('done')}  ${path === '' ? '.' : safeLine(path)}: ${safeLine(what)}`);
  }
  for (const { path, reason } of report.left) {
    await out.line(`${yellow('left')}  ${path === '' ? '.' : safeLine(path)}: ${safeLine(reason)}`);
  }
  if (report.keptIn === undefined) await out.line('Nothing was changed.');
  else await out.line(`What was moved, and a list of what was done, is in ${report.keptIn}.`);
}
