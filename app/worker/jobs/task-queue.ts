/** Runs tasks one at a time, in the order of their calls. A task that pauses lets chosen waiting tasks run in between. */
interface QueuedTask<Kind> {
  readonly kind: Kind | undefined;
  run(): Promise<void>;
}

export class TaskQueue<Kind> {
  private readonly waiting: QueuedTask<Kind>[] = [];
  private busy = false;

  /** Settles as the work does; a failure does not stop the queue. {@link pause} chooses tasks by `kind`. */
  add(work: () => Promise<void>, kind?: Kind): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      this.waiting.push({ kind, run: () => work().then(resolve, reject) });
    });
    void this.run();
    return done;
  }

  /** Called by the running task where it can wait: runs those tasks, of the ones now waiting, whose kind `may` run. */
  async pause(may: (kind: Kind) => boolean): Promise<void> {
    const between = this.waiting.filter(({ kind }) => kind !== undefined && may(kind));
    for (const entry of between) {
      const index = this.waiting.indexOf(entry);
      if (index < 0) continue;
      this.waiting.splice(index, 1);
      await entry.run();
    }
  }

  private async run(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    // The caller of add() continues before the work begins.
    await Promise.resolve();
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) await next.run();
    this.busy = false;
  }
}
