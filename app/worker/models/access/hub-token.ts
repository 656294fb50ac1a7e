/**
 * A person's access token for a model hub: in memory until the worker ends, on the device only if the person asks for
 * that. It is in no error, log, journal or diagnosis; only `httpFolder` and `findModels` get it.
 */
import { log, type Storage } from '../../../../engine/index.ts';
import type { HubTokenPlace } from '../../../protocol/types.ts';

const FILE = 'access/hub-token.txt';
/** Bytes; the hub's tokens have 37. */
const MOST = 1000;

interface GivenToken {
  readonly token: string;
  readonly place: HubTokenPlace;
}

export interface HubToken {
  /** Undefined if there is none. */
  get(): Promise<GivenToken | undefined>;
  /** Replaces the token; an empty one removes it. `keep`: also after the browser was closed. */
  set(token: string, keep: boolean): Promise<void>;
  /** Leaves the one on the device, which goes with all else. */
  forget(): void;
}

export function hubToken(storage: () => Promise<Storage>): HubToken {
  let current: Promise<GivenToken | undefined> | undefined;
  return {
    get: () => (current ??= stored(storage)),
    async set(text, keep) {
      const token = text.trim();
      const given = (place: HubTokenPlace) => Promise.resolve(token === '' ? undefined : { token, place });
      current = given('memory');
      const files = await storage();
      await files.remove(FILE);
      if (!keep || token === '') return;
      const file = await files.create(FILE);
      await file.write(0, new TextEncoder().encode(token));
      await file.close();
      current = given('device');
    },
    forget() {
      current = Promise.resolve(undefined);
    },
  };
}

async function stored(storage: () => Promise<Storage>): Promise<GivenToken | undefined> {
  try {
    const file = await (await storage()).open(FILE);
    if (file === undefined || file.size > MOST) return undefined;
    const token = new TextDecoder().decode(await file.read(0, file.size));
    return token === '' ? undefined : { token, place: 'device' };
  } catch {
    log('warn', 'models', 'the stored access token cannot be read');
    return undefined;
  }
}
