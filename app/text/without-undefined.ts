/** A copy of an object without the keys whose value is undefined: for spreading over another object, and for storing. */
export function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
