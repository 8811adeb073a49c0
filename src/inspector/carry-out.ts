import type { Store } from '../contract/store.ts';
import type { Action } from './wire.ts';

/**
 * Does what the page was asked to do, through the same calls as any program would, and resolves to
 * what they resolve to. A session that has gone is not made anew by any of them (`SESSION_GONE`).
 */
export async function carryOut(store: Store, action: Action): Promise<unknown> {
  switch (action.action) {
    case 'reset': {
      const { key, action: _action, ...options } = action;
      return await store.session(key).reset({ ...options, ifExists: true });
    }
    case 'restore':
      return await store.session(action.key).restore(action.sessionId);
    case 'interrupt': {
      const { key, action: _action, ...options } = action;
      return await store.session(key).interrupt(options);
    }
    case 'edit': {
      const { key, field, value = null, ifRev } = action;
      // Also a field named __proto__ becomes a field and nothing else.
      const patch = Object.fromEntries([[field, value]]);
      const conditions = { ifExists: true, ...(ifRev !== undefined && { ifRev }) };
      return await store.session(key).update(patch, conditions);
    }
    case 'remove': {
      const { key, ifSessionId } = action;
      return await store.session(key).remove(ifSessionId === undefined ? {} : { ifSessionId });
    }
    case 'verify':
      return await store.verify();
    case 'repair':
      return await store.repair({ dryRun: action.dryRun });
  }
}
