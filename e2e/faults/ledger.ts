/**
 * What the product acknowledged, and whether it is still there. Every write is a value under a key (`term/en>de/gate`);
 * after a fault the same keys are read back from the product's own lists. A write whose reply did not arrive may have been
 * carried out or not: then both values are right, and the one that is found holds from then on.
 */

/** Undefined: the product lists nothing under this key. */
export type ListedValue = string | undefined;
export type Listing = ReadonlyMap<string, string>;

export interface Loss {
  readonly key: string;
  readonly expected: readonly ListedValue[];
  readonly got: ListedValue;
}

interface Entry {
  readonly acknowledged: ListedValue;
  /** Of writes that are under way, or whose reply was lost. */
  readonly open: readonly ListedValue[];
}

/** Values that one request writes together. */
export type Write = Readonly<Record<string, ListedValue>>;

export class Ledger {
  private readonly entries = new Map<string, Entry>();
  /** Number of acknowledged writes. */
  acknowledged = 0;

  /** A write is sent: from now on its values may be found. */
  begin(write: Write): void {
    for (const [key, value] of Object.entries(write)) {
      const { acknowledged, open } = this.entry(key);
      this.entries.set(key, { acknowledged, open: [...open, value] });
    }
  }

  /** The write was acknowledged: from now on its values must be found. */
  acknowledge(write: Write): void {
    this.acknowledged++;
    this.expect(write);
  }

  /** What is there without having been asked for. */
  expect(write: Write): void {
    for (const [key, value] of Object.entries(write))
      this.entries.set(key, { acknowledged: value, open: [] });
  }

  /** Keys that a fault itself took, as a record that was deleted on purpose, and those under them. */
  exempt(key: string): void {
    for (const each of [...this.entries.keys()])
      if (each === key || each.startsWith(`${key}/`)) this.entries.delete(each);
  }

  /** The acknowledged value of a key. */
  value(key: string): ListedValue {
    return this.entry(key).acknowledged;
  }

  /** Keys with an acknowledged value that begin with `prefix`. */
  keys(prefix: string): string[] {
    return [...this.entries]
      .filter(([key, { acknowledged }]) => acknowledged !== undefined && key.startsWith(prefix))
      .map(([key]) => key);
  }

  /** What is lost. Afterwards the ledger expects what was found, so that nothing is reported twice. */
  compare(found: Listing): Loss[] {
    const losses: Loss[] = [];
    for (const [key, { acknowledged, open }] of this.entries) {
      const got = found.get(key);
      const expected = [acknowledged, ...open];
      if (!expected.includes(got)) losses.push({ key, expected, got });
      if (got === undefined) this.entries.delete(key);
      else this.entries.set(key, { acknowledged: got, open: [] });
    }
    return losses;
  }

  private entry(key: string): Entry {
    return this.entries.get(key) ?? { acknowledged: undefined, open: [] };
  }
}
