import type { Action, Refusal } from '../../wire.ts';
import { Observable } from '../browser/observable.ts';
import { token } from './token.ts';

/** What the server refused, or that it could not be reached (`UNREACHABLE`). */
export class RefusedError extends Error {
  readonly code: string;
  readonly remedy: string | undefined;

  constructor(code: string, message: string, remedy?: string) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}

/** Any failure as one that can be shown. */
export function problemOf(cause: unknown): RefusedError {
  if (cause instanceof RefusedError) return cause;
  return new RefusedError('PAGE', cause instanceof Error ? cause.message : String(cause));
}

/** False once the server did not take the token. */
export const letIn = new Observable(true);

/** Parameters of a question; those that are undefined or empty are left out. */
export type Params = Record<string, string | number | boolean | undefined>;

/** Asks the server. @throws RefusedError, or an AbortError when the signal was given up */
export async function ask<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  const response = await request(`${path}${queryOf(params)}`, signal ? { signal } : {});
  return (await response.json()) as T;
}

/** Has the server do something. @throws RefusedError */
export async function act(action: Action): Promise<unknown> {
  const headers = { 'content-type': 'application/json', 'x-holdfast-action': '1' };
  const body = JSON.stringify(action);
  const response = await request('api/act', { method: 'POST', headers, body });
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

/** A response of the server that is no refusal. @throws RefusedError */
export async function request(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token() ?? ''}`);
  const url = new URL(path, document.baseURI);
  const response = await fetch(url, { ...init, headers, cache: 'no-store' }).catch((cause) => {
    if (init.signal?.aborted) throw cause;
    throw new RefusedError('UNREACHABLE', 'The server can not be reached.');
  });
  if (response.ok) return response;
  if (response.status === 401) letIn.set(false);
  throw await refusalOf(response);
}

async function refusalOf(response: Response): Promise<RefusedError> {
  try {
    const { error } = (await response.json()) as Refusal;
    return new RefusedError(error.code, error.message, error.remedy);
  } catch {
    // Something between here and the server answered, in words of its own.
    return new RefusedError('UNREACHABLE', `The server answered with status ${response.status}.`);
  }
}

function queryOf(params: Params): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== '' && value !== false) search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
