/** Work that waits for its turn: one at a time, in the order of asking. Work that pauses lets some of the others in. */
interface QueuedTask<Kind> {
  readonly kind: Kind | undefined;
  run(): Promise<void>;
}

export class TaskQueue<Kind> {
  private readonly waiting: QueuedTask<Kind>[] = [];
  private busy = false;

  /** Resolves and rejects as the work does; the line goes on in either case. `kind`: what {@link pause} is asked of. */
  add(work: () => Promise<void>, kind?: Kind): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      this.waiting.push({ kind, run: () => work().then(resolve, reject) });
    });
    void this.go();
    return done;
  }

  /** For the work that has its turn, where it can wait a moment: runs those now in line that may come in between. */
  async pause(may: (kind: Kind) => boolean): Promise<void> {
    const between = this.waiting.filter(({ kind }) => kind !== undefined && may(kind));
    for (const entry of between) {
      const place = this.waiting.indexOf(entry);
      if (place < 0) continue;
      this.waiting.splice(place, 1);
      await entry.run();
    }
  }

  private async go(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    // Whoever adds goes on before the work begins.
    await Promise.resolve();
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) await next.run();
    this.busy = false;
  }
}
