import { byteSize, counted } from '../text/number-text.ts';
import { safeLine } from '../text/safe-text.ts';

/** What verifying or repairing resolves to. */
export type Report = VerifyReport | RepairReport;

interface Problem {
  code: string;
  severity: string;
  key?: string;
  path?: string;
  message: string;
  remedy: string;
}

interface VerifyReport {
  ok: boolean;
  checked: { sessions: number; transcripts: number; archives: number; bytes: number };
  problems: Problem[];
}

interface RepairReport {
  dryRun: boolean;
  actions: { key?: string; path?: string; action: string; keptAside?: string }[];
  remaining: Problem[];
}

/** The outcome, with everything that was found. */
export function MendReport({ report }: { report: Report }) {
  if ('ok' in report) {
    const { sessions, transcripts, archives, bytes } = report.checked;
    return (
      <div class="report" role="status" data-testid="report">
        <p class={report.ok ? '' : 'is-danger'}>
          {report.ok ? 'Nothing is damaged.' : 'There is damage.'} Read:{' '}
          {counted(sessions, 'session')}, {counted(transcripts, 'transcript')},{' '}
          {counted(archives, 'archive')}, {byteSize(bytes)}.
        </p>
        <Problems problems={report.problems} />
      </div>
    );
  }
  return (
    <div class="report" role="status" data-testid="report">
      <p>
        {report.actions.length === 0 && 'There is nothing to repair.'}
        {report.actions.length > 0 && (report.dryRun ? 'A repair would do this:' : 'Done:')}
      </p>
      <ul>
        {report.actions.map(({ key, path, action, keptAside }) => (
          <li key={`${key} ${path} ${action}`}>
            <bdi>{safeLine(action)}</bdi> <Where place={key ?? path} />
            {keptAside && <span class="quiet"> kept aside as {safeLine(keptAside)}</span>}
          </li>
        ))}
      </ul>
      {report.remaining.length > 0 && <p class="is-danger">What repair can not mend:</p>}
      <Problems problems={report.remaining} />
    </div>
  );
}

function Problems({ problems }: { problems: readonly Problem[] }) {
  return (
    <ul>
      {problems.map(({ code, severity, key, path, message, remedy }) => (
        <li key={`${code} ${key} ${path} ${message}`}>
          <code class={severity === 'damage' ? 'is-danger' : ''}>{safeLine(code)}</code>{' '}
          <bdi>{safeLine(message)}</bdi> <Where place={key ?? path} />
          <p class="quiet">
            <bdi>{safeLine(remedy)}</bdi>
          </p>
        </li>
      ))}
    </ul>
  );
}

function Where({ place }: { place: string | undefined }) {
  return place === undefined ? null : <bdi class="mono">{safeLine(place)}</bdi>;
}
