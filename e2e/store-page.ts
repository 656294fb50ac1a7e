/** Runs in a page of store.spec.ts: the store of the extension over a database of that page's own origin. */
import { openIdbStore } from '../app/worker/store/store.ts';

export type OpenStore = typeof openIdbStore;

Object.assign(globalThis, { openIdbStore });
