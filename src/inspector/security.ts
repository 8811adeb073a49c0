import { createHash, timingSafeEqual } from 'node:crypto';
import { Refused } from './refusal.ts';

/** Names under which a browser on this machine reaches it. Another name may be a rebound one. */
const OWN_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];

/** The name in a `Host` header or a URL, without its port, in lower case. */
export function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

/**
 * Refuses a request that came under a name which is not ours: a page of another site whose name was
 * made to point at this machine (DNS rebinding) sends its own name.
 */
export function checkHost(request: Request, hosts: readonly string[]): void {
  const host = hostOf(request);
  if ([...OWN_HOSTS, ...hosts].includes(hostName(host))) return;
  throw new Refused(403, 'FORBIDDEN', `The inspector is not reached as ${JSON.stringify(host)}.`, {
    remedy: 'Open it as 127.0.0.1, or give the name with the option `hosts` of `inspector`.',
  });
}

/** Refuses what a browser says that another site, or another port of this machine, asked for. */
export function checkOrigin(request: Request): void {
  const { headers } = request;
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site');
  const foreign = origin !== null && hostOfOrigin(origin) !== hostOf(request).toLowerCase();
  if (!foreign && (site === null || site === 'same-origin' || site === 'none')) return;
  throw new Refused(403, 'FORBIDDEN', 'Only the page of this inspector may ask for this.');
}

/** Refuses a request without the token. Compared by hashes, in a time that tells nothing. */
export function tokenCheck(token: string): (request: Request) => void {
  const wanted = sha256(token);
  return ({ headers }) => {
    const given = /^Bearer ([\x21-\x7e]{1,1024})$/i.exec(headers.get('authorization') ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(sha256(given), wanted)) return;
    throw new Refused(401, 'UNAUTHORIZED', 'The token of this inspector is missing or wrong.', {
      remedy: 'Open the link that was printed when it began: its token changes at every start.',
    });
  };
}

/** Refuses an action that no script of ours sent: a form can set neither of these headers. */
export function checkAction({ headers }: Request): void {
  if (headers.get('x-holdfast-action') !== '1') {
    throw new Refused(403, 'FORBIDDEN', 'An action needs the header x-holdfast-action: 1.');
  }
  const type = headers.get('content-type') ?? '';
  if (/^application\/json\s*(;|$)/i.test(type)) return;
  throw new Refused(415, 'BAD_REQUEST', 'An action needs content-type: application/json.');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** A server hands the header on; without one, the URL says under which name it was reached. */
function hostOf(request: Request): string {
  return request.headers.get('host') ?? new URL(request.url).host;
}

/** Host and port of an origin. What is none, such as `null`, is foreign to every host. */
function hostOfOrigin(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase();
}
