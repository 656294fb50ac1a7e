/**
 * A map from two integers to a third, in typed arrays: a `Map` with half a million keys takes several times the memory.
 * Open addressing; at most half of the slots are used.
 */
export class PairTable {
  #keys: Int32Array<ArrayBuffer>;
  #values: Int32Array<ArrayBuffer>;
  #mask: number;
  #size = 0;

  /** `expected`: how many pairs there will be, about. */
  constructor(expected: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)));
    this.#keys = new Int32Array(slots * 2).fill(-1);
    this.#values = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  /** The value of a pair of integers from 0; -1 if there is none. */
  get(a: number, b: number): number {
    const slot = this.#slot(a, b);
    return this.#keys[slot * 2] === -1 ? -1 : (this.#values[slot] as number);
  }

  set(a: number, b: number, value: number): void {
    let slot = this.#slot(a, b);
    if (this.#keys[slot * 2] === -1) {
      if ((this.#size + 1) * 2 > this.#values.length) {
        this.#grow();
        slot = this.#slot(a, b);
      }
      this.#size++;
      this.#keys[slot * 2] = a;
      this.#keys[slot * 2 + 1] = b;
    }
    this.#values[slot] = value;
  }

  #slot(a: number, b: number): number {
    const keys = this.#keys;
    let slot = (Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & this.#mask;
    while (keys[slot * 2] !== -1 && (keys[slot * 2] !== a || keys[slot * 2 + 1] !== b)) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Int32Array(keys.length * 2).fill(-1);
    this.#values = new Int32Array(values.length * 2);
    this.#mask = values.length * 2 - 1;
    this.#size = 0;
    for (let i = 0; i < values.length; i++) {
      if (keys[i * 2] !== -1) this.set(keys[i * 2] as number, keys[i * 2 + 1] as number, values[i] as number);
    }
  }
}
