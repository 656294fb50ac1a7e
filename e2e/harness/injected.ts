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
