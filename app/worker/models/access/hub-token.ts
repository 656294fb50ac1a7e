/**
 * A person's access token for a model hub: in memory until the worker ends, on the device only if the person asks for
 * that. It is in no error, log, journal or diagnosis; only `httpFolder` and `findModels` get it.
 */
import { log, type Storage } from '../../../../engine/index.ts';

const FILE = 'access/hub-token.txt';
/** Bytes; the hub's tokens have 37. */
const MOST = 1000;

export interface HubToken {
  /** Undefined if there is none. */
  get(): Promise<string | undefined>;
  /** Replaces the token; an empty one removes it. `keep`: also after the browser was closed. */
  set(token: string, keep: boolean): Promise<void>;
}

export function hubToken(storage: () => Promise<Storage>): HubToken {
  let current: Promise<string | undefined> | undefined;
  return {
    get: () => (current ??= stored(storage)),
    async set(token, keep) {
      const given = token.trim();
      current = Promise.resolve(given === '' ? undefined : given);
      const files = await storage();
      await files.remove(FILE);
      if (!keep || given === '') return;
      const file = await files.create(FILE);
      await file.write(0, new TextEncoder().encode(given));
      await file.close();
    },
  };
}

async function stored(storage: () => Promise<Storage>): Promise<string | undefined> {
  try {
    const file = await (await storage()).open(FILE);
    if (file === undefined || file.size > MOST) return undefined;
    return new TextDecoder().decode(await file.read(0, file.size)) || undefined;
  } catch {
    log('warn', 'models', 'the stored access token cannot be read');
    return undefined;
  }
}
