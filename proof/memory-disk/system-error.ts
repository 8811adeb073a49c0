/** Errors as `node:fs` throws them. */

const TEXTS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EEXIST: 'file already exists',
  ENOTDIR: 'not a directory',
  EISDIR: 'illegal operation on a directory',
  ENOTEMPTY: 'directory not empty',
  EBADF: 'bad file descriptor',
  EINVAL: 'invalid argument',
  EBUSY: 'resource busy or locked',
  EPERM: 'operation not permitted',
};

/** An error with the code of the system, without a stack: it is thrown at every look at what is not there. */
export function systemError(code: string, syscall: string, path?: string): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const where = path === undefined ? '' : ` '${path}'`;
  const error = new Error(`${code}: ${TEXTS[code] ?? 'failed'}, ${syscall}${where}`);
  Error.stackTraceLimit = limit;
  return Object.assign(error, { code, syscall, ...(path !== undefined && { path }) });
}
