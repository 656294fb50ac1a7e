/**
 * The files of stored models: each one flipped, cut and deleted, and a disk that is full at every write of an import. The
 * storage is in memory; that of a browser and that of Node have the same interface.
 */
import {
  EngineError,
  importModel,
  listModels,
  memoryFolder,
  type MemoryStorage,
  memoryStorage,
  openStore,
  type Storage,
  verifyModel,
} from '../../../engine/index.ts';
import { tinyFiles } from '../../../engine/testing/tiny-checkpoint.ts';
import type { Loss } from '../ledger.ts';
import type { FaultOutcome } from '../step.ts';
import { NOTHING } from '../table.ts';

const IDS = ['first', 'second'] as const;

const importAs = (id: string, storage: Storage) =>
  importModel(memoryFolder(id, tinyFiles()), openStore(storage), { id, weights: 'f32' });

async function twoModels(): Promise<MemoryStorage> {
  const storage = memoryStorage();
  for (const id of IDS) await importAs(id, storage);
  return storage;
}

interface FileDamage {
  readonly name: string;
  /** Undefined: the file is gone. */
  change(bytes: Uint8Array): Uint8Array | undefined;
}

const flipped = (part: number): FileDamage => ({
  name: `a bit flipped at ${part * 100} %`,
  change: (bytes) => {
    const changed = bytes.slice();
    const at = Math.min(bytes.length - 1, Math.floor(bytes.length * part));
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    return changed;
  },
});

const cutAt = (part: number): FileDamage => ({
  name: `cut to ${part * 100} %`,
  change: (bytes) => bytes.slice(0, Math.floor(bytes.length * part)),
});

const DAMAGES: readonly FileDamage[] = [
  ...[0, 0.1, 0.25, 0.5, 0.75, 0.9, 1].map(flipped),
  ...[0, 0.01, 0.5, 0.99].map(cutAt),
  { name: 'deleted', change: () => undefined },
];

/** Every file of a model, damaged in every way: the other model is whole, and the damaged one is refused or replaced. */
export async function damagedFiles(): Promise<FaultOutcome[]> {
  const paths = [...(await twoModels()).files.keys()].filter((path) => path.includes(IDS[0]));
  const outcomes: FaultOutcome[] = [];
  for (const path of paths) for (const damage of DAMAGES) outcomes.push(await damaged(path, damage));
  return outcomes;
}

async function damaged(path: string, { name, change }: FileDamage): Promise<FaultOutcome> {
  const storage = await twoModels();
  const original = storage.files.get(path)!.slice();
  const bytes = change(original);
  await storage.remove(path);
  if (bytes !== undefined) await whole(storage, path, bytes);
  const what = `${path}, ${name}`;
  const complaints: string[] = [];
  const attempt = async (work: () => Promise<unknown>, step: string) => {
    // Named errors are answers; anything else is a fault.
    await work().catch((error: unknown) => {
      if (!(error instanceof EngineError)) complaints.push(`${what}: ${step}: ${error}`);
    });
  };
  const store = openStore(storage);
  await attempt(() => store.sweep(), 'sweep');
  const losses = await missing(storage, [IDS[1]], what);
  await attempt(async () => {
    await verifyModel(store, IDS[0]);
    if (!path.endsWith('weights.bin') || !onlyPadding(bytes, original))
      complaints.push(`${what}: not noticed`);
  }, 'verify');
  await attempt(() => store.remove(IDS[0]), 'remove');
  await importAs(IDS[0], storage).catch((error) => complaints.push(`${what}: import again: ${error}`));
  losses.push(...(await missing(storage, IDS, what)));
  return outcome(IDS.length, losses, complaints);
}

/** Whether the one byte that differs is a zero between two tensors, which is read by no one. */
function onlyPadding(changed: Uint8Array | undefined, original: Uint8Array): boolean {
  const at = original.findIndex((byte, i) => changed?.[i] !== byte);
  return changed?.length === original.length && original[at] === 0;
}

async function whole(storage: Storage, path: string, bytes: Uint8Array): Promise<void> {
  const file = await storage.create(path);
  await file.write(0, bytes);
  await file.close();
}

/** Models that are not listed, or not what was imported. */
async function missing(storage: Storage, ids: readonly string[], what: string): Promise<Loss[]> {
  const store = openStore(storage);
  const listed = (await listModels(store)).map(({ id }) => id);
  const losses: Loss[] = [];
  for (const id of ids) {
    const found = listed.includes(id) ? await verifyModel(store, id).then(() => 'whole', String) : undefined;
    if (found !== 'whole') losses.push({ key: `${what}: model/${id}`, expected: ['whole'], got: found });
  }
  return losses;
}

function outcome(acknowledged: number, losses: readonly Loss[], complaints: readonly string[]): FaultOutcome {
  const recovered = complaints.length === 0 ? 1 : 0;
  return {
    tally: { ...NOTHING, times: 1, acknowledged, lost: losses.length, recovered },
    losses,
    complaints,
  };
}

/** The disk is full from the n-th change of an import on, for every n; then there is room again. */
export async function fullInImport(): Promise<FaultOutcome[]> {
  const outcomes: FaultOutcome[] = [];
  for (let n = 0, reached = true; reached; n++) {
    const storage = memoryStorage();
    await importAs(IDS[0], storage);
    let changes = 0;
    const full = filling(storage, () => changes++ >= n);
    const what = `an import, full at change ${n}`;
    const ended = await importAs(IDS[1], full).then(
      () => 'whole',
      (error: unknown) => error,
    );
    reached = changes > n;
    const named = ended === 'whole' || (ended instanceof EngineError && ended.code === 'store-full');
    const complaints = named ? [] : [`${what}: ${ended}`];
    const losses = await missing(storage, ended === 'whole' ? IDS : [IDS[0]], what);
    await importAs(IDS[1], storage).catch((error) => complaints.push(`${what}: import again: ${error}`));
    losses.push(...(await missing(storage, IDS, what)));
    outcomes.push(outcome(ended === 'whole' ? 2 : 1, losses, complaints));
  }
  return outcomes;
}

/** A storage whose changes fail as on a full disk while `isFull` says so. Removing always works. */
function filling(storage: Storage, isFull: () => boolean): Storage {
  const check = (path: string) => {
    if (isFull()) throw new EngineError('store-full', { who: path, message: 'there is no space left' });
  };
  const guarded = async (path: string, open: () => ReturnType<Storage['create']>) => {
    check(path);
    const file = await open();
    return {
      write: async (offset: number, bytes: Uint8Array) => {
        check(path);
        await file.write(offset, bytes);
      },
      read: (offset: number, length: number) => file.read(offset, length),
      flush: async () => {
        check(path);
        await file.flush();
      },
      close: () => file.close(),
    };
  };
  return {
    ...storage,
    create: (path) => guarded(path, () => storage.create(path)),
    reopen: (path) => guarded(path, () => storage.reopen(path)),
  };
}
