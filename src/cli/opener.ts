import { spawn } from 'node:child_process';

/** The program that opens a link on this system, with the arguments before the link. */
function openerOf(platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  // The empty text is the title of the window, which `start` would take the link for.
  if (platform === 'win32') return ['cmd', '/c', 'start', ''];
  return ['xdg-open'];
}

/**
 * Opens a link in the browser. The link is one argument and goes through no shell of ours; what the
 * opener prints is of no interest, and it outlives this process.
 *
 * @param failed told why, when there is no opener or it ends with an error
 */
export function openInBrowser(link: string, failed: (why: string) => void): void {
  const [program, ...before] = openerOf(process.platform);
  const opener = spawn(program, [...before, link], { stdio: 'ignore', detached: true });
  opener.once('error', (error) => failed(error.message));
  opener.once('exit', (code) => {
    if (code !== 0 && code !== null) failed(`${program} ended with ${code}`);
  });
  opener.unref();
}
