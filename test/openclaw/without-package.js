/** Loaded before a program: the package that `HIDDEN_PACKAGE` names can not be found by it. */
import { register } from 'node:module';

const hook = `export async function resolve(name, context, next) {
  if (name !== ${JSON.stringify(process.env.HIDDEN_PACKAGE)}) return next(name, context);
  throw Object.assign(new Error('not there'), { code: 'ERR_MODULE_NOT_FOUND' });
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
