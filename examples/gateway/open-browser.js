import { spawn } from 'node:child_process';

/** How each system opens a link. The link is an argument of its own, so no shell reads it. */
const OPENERS = /** @type {Record<string, [string, string[]]>} */ ({
  darwin: ['open', []],
  win32: ['rundll32', ['url.dll,FileProtocolHandler']],
});

/** Opens a link in the browser; where that fails, the link that was printed is enough. @param {string} link */
export function openBrowser(link) {
  const [command, options] = OPENERS[process.platform] ?? ['xdg-open', []];
  const child = spawn(command, [...options, link], { stdio: 'ignore', detached: true });
  child.on('error', () => console.error(`No browser could be opened with ${command}.`));
  child.unref();
}
