/** For tests: services of which one call fails. The calls are found by running, so a new one is failed too. */

export type CallFault = 'throws' | 'rejects' | 'hangs';
export const FAULTS: readonly CallFault[] = ['throws', 'rejects', 'hangs'];

export interface NthCall {
  readonly call: string;
  readonly nth: number;
}

export interface Faults {
  /** Names of all calls so far, in order. */
  readonly calls: string[];
  /** Names of those that return no promise, and so can only throw. */
  readonly synchronous: Set<string>;
  /** The nth call of this name fails, from 1; none where undefined. */
  at: NthCall | undefined;
  /** Every call of this name fails. */
  always: string | undefined;
  fault: CallFault;
}

export const noFaults = (): Faults => ({
  calls: [],
  synchronous: new Set(),
  at: undefined,
  always: undefined,
  fault: 'rejects',
});

const nthOf = (calls: readonly string[], call: string): number =>
  calls.filter((each) => each === call).length;

/** Each call of a run, to be failed in another one. */
export const eachCall = (calls: readonly string[]): NthCall[] =>
  calls.map((call, i) => ({ call, nth: nthOf(calls.slice(0, i + 1), call) }));

/** The words of every failure. */
export const FAILURE = 'a fault of the test';

/** `service`, with its calls counted and failed as `faults` says; so are those of services that its calls resolve to. */
export function faulty<T extends object>(service: T, name: string, faults: Faults): T {
  return new Proxy(service, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function' || typeof key !== 'string') return value;
      return (...given: unknown[]) => {
        const call = `${name}.${key}`;
        faults.calls.push(call);
        const { at } = faults;
        const isNth = call === at?.call && nthOf(faults.calls, call) === at.nth;
        if (isNth || call === faults.always) return failed(faults.fault);
        const result: unknown = Reflect.apply(value, target, given);
        if (!(result instanceof Promise)) {
          faults.synchronous.add(call);
          return result;
        }
        return result.then((found: unknown) =>
          isService(found) ? faulty(found, `${name}.${key}`, faults) : found,
        );
      };
    },
  });
}

function failed(fault: CallFault): Promise<never> {
  if (fault === 'throws') throw new Error(FAILURE);
  return fault === 'rejects' ? Promise.reject(new Error(FAILURE)) : new Promise(() => {});
}

/** The faults that a call can have, as an earlier run found it. */
export const faultsOf = (call: string, { synchronous }: Faults): readonly CallFault[] =>
  synchronous.has(call) ? ['throws'] : FAULTS;

/** Such as the storage of an engine; plain data is none. */
const isService = (found: unknown): found is object =>
  typeof found === 'object' &&
  found !== null &&
  !Array.isArray(found) &&
  Object.values(found).some((value) => typeof value === 'function');
