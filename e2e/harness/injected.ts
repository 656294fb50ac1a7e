/**
 * Functions that run in the browser, not in Node: the harness sends their source there. So they may not refer to anything
 * outside themselves.
 */

/** Runs in the engine's worker. */
export function slowDown(ms: number): void {
  const global = globalThis as { slowedBy?: number };
  const before = global.slowedBy;
  global.slowedBy = ms;
  if (before !== undefined) return;
  const { mapAsync } = GPUBuffer.prototype;
  const { onSubmittedWorkDone } = GPUQueue.prototype;
  // A failure is not delayed: a lost device is reported at once.
  const slowed = async (work: Promise<undefined>): Promise<undefined> => {
    await Promise.all([work, new Promise((resolve) => setTimeout(resolve, global.slowedBy))]);
    return undefined;
  };
  GPUBuffer.prototype.mapAsync = function (...range) {
    return slowed(mapAsync.apply(this, range));
  };
  GPUQueue.prototype.onSubmittedWorkDone = function () {
    return slowed(onSubmittedWorkDone.apply(this));
  };
}

/**
 * Runs in a document of the extension: erases all that it has stored, but which kernel variants this GPU gets right
 * (`engine/session/adapters/stored-variants.ts`). That is a fact of the machine, and finding it costs each story seconds.
 */
export async function eraseExtension(): Promise<void> {
  type Area = { clear(): Promise<void> };
  const api = (
    globalThis as {
      chrome?: { storage?: Record<string, Area>; offscreen?: { closeDocument(): Promise<void> } };
    }
  ).chrome!;
  // The offscreen document holds the engine and the open files. A missing one is no error.
  await api.offscreen?.closeDocument().catch(() => undefined);
  for (const area of ['local', 'session', 'sync']) await api.storage?.[area]?.clear();
  for (const { name } of await indexedDB.databases()) {
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name!);
      request.onsuccess = () => resolve();
      request.onerror = () => reject(request.error);
    });
  }
  for (const name of await caches.keys()) await caches.delete(name);
  localStorage.clear();
  type Folder = FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };
  const erase = async (folder: Folder, kept: readonly string[]) => {
    const names: string[] = [];
    for await (const name of folder.keys()) if (!kept.includes(name)) names.push(name);
    for (const name of names) {
      // The terminated worker may keep a file open for a moment.
      for (let attempt = 0; ; attempt++) {
        try {
          await folder.removeEntry(name, { recursive: true });
          break;
        } catch (error) {
          if (attempt === 100) throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    }
  };
  const top = (await navigator.storage.getDirectory()) as Folder;
  await erase(top, ['linnet']);
  await erase((await top.getDirectoryHandle('linnet', { create: true })) as Folder, ['adapters']);
}

/** Runs in the engine's worker. */
export function refuseStoring(full: boolean): void {
  const { prototype } = IDBObjectStore as { prototype: IDBObjectStore & { taking?: IDBObjectStore['put'] } };
  prototype.taking ??= prototype.put;
  prototype.put = full
    ? () => {
        throw new DOMException('there is no room', 'QuotaExceededError');
      }
    : prototype.taking;
}

/**
 * Delays everything in pages by up to so many milliseconds, at random, to find stories that pass only by luck:
 * `LINNET_LATE=200 npx playwright test`. Runs in every page.
 */
export function beLate(most: number): void {
  const { requestAnimationFrame, setTimeout } = globalThis;
  const late = () => Math.random() ** 2 * most;
  globalThis.requestAnimationFrame = (callback) =>
    requestAnimationFrame(() => setTimeout(() => callback(performance.now()), late()));
  globalThis.setTimeout = ((callback: () => void, ms = 0, ...rest: []) =>
    setTimeout(callback, ms + late(), ...rest)) as typeof setTimeout;
  type Port = { onMessage: { addListener(listener: (message: unknown) => void): void } };
  type Runtime = { connect?(...where: unknown[]): Port };
  const { runtime } = (globalThis as { chrome?: { runtime?: Runtime } }).chrome ?? {};
  if (runtime?.connect === undefined) return;
  const connect = runtime.connect.bind(runtime);
  runtime.connect = (...where) => {
    const port = connect(...where);
    const add = port.onMessage.addListener.bind(port.onMessage);
    let before = Promise.resolve();
    // Late, but in their order.
    port.onMessage.addListener = (listener) =>
      add((message) => {
        before = before
          .then(() => new Promise((resolve) => setTimeout(resolve, late())))
          .then(() => listener(message));
      });
    return port;
  };
}
