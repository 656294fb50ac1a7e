/**
 * The key of a person's own server: in memory until the worker ends, on the device only if the person asks for that. It
 * belongs to one origin and is sent to no other; it is in no setting, error, log or diagnosis.
 */
import { log, type Storage } from '../../../engine/index.ts';

const FILE = 'access/server-key.txt';
/** Bytes of the file. */
const MOST = 4000;

export interface ServerKey {
  /** The key for a server; undefined if there is none for it. */
  of(origin: string): Promise<string | undefined>;
  /** Replaces the key; an empty one removes it. `keep`: also after the browser was closed. */
  set(origin: string, key: string, keep: boolean): Promise<void>;
  forget(): Promise<void>;
}

interface Held {
  readonly origin: string;
  readonly key: string;
}

export function serverKey(storage: () => Promise<Storage>): ServerKey {
  let current: Promise<Held | undefined> | undefined;
  const set = async (held: Held | undefined, keep: boolean) => {
    current = Promise.resolve(held);
    const files = await storage();
    await files.remove(FILE);
    if (held === undefined || !keep) return;
    const file = await files.create(FILE);
    await file.write(0, new TextEncoder().encode(`${held.origin}\n${held.key}`));
    await file.close();
  };
  return {
    async of(origin) {
      const held = await (current ??= stored(storage));
      return held?.origin === origin ? held.key : undefined;
    },
    set(origin, key, keep) {
      // A header has one line of visible characters.
      const given = key.trim().replace(/[^\x21-\x7e]/g, '');
      return set(given === '' ? undefined : { origin, key: given }, keep);
    },
    forget: () => set(undefined, false),
  };
}

async function stored(storage: () => Promise<Storage>): Promise<Held | undefined> {
  try {
    const file = await (await storage()).open(FILE);
    if (file === undefined || file.size > MOST) return undefined;
    const [origin = '', key = ''] = new TextDecoder().decode(await file.read(0, file.size)).split('\n');
    return key === '' ? undefined : { origin, key };
  } catch {
    log('warn', 'server', 'the stored key cannot be read');
    return undefined;
  }
}
