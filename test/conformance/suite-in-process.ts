import { fork } from 'node:child_process';

export interface Report {
  cases: string[];
  failures: string[];
}

/** Runs the whole suite in a process of its own, on the store at this location. */
export function suiteIn(location: string, name: string): Promise<Report> {
  const report: Report = { cases: [], failures: [] };
  const child = fork(new URL('./suite-child.js', import.meta.url), [location], { silent: true });
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    said += text;
  });
  let ended: number | undefined;
  child.on('message', (told: { title?: string; failure?: string; ended?: number }) => {
    if (told.title !== undefined) report.cases.push(told.title);
    if (told.failure !== undefined) report.failures.push(`${name}: ${told.title}\n${told.failure}`);
    ended = told.ended ?? ended;
  });
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      if (code !== 0 || ended !== report.cases.length) {
        report.failures.push(`${name} ended with ${code ?? signal} before its last case: ${said}`);
      }
      resolve(report);
    });
  });
}
