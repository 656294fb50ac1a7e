/**
 * Values of the template library as Python has them: how they are written, compared, iterated and used as keys. The
 * library exports no constructors, so they are taken from literals that it evaluates.
 */
import { Environment, Interpreter } from '@huggingface/jinja';
import type { JinjaValue } from '../template-prices.ts';

/** A value that the library can go on with. */
export type RuntimeValue = ReturnType<Interpreter['evaluate']>;
/** Keys of dictionaries; Python tells 1 and '1' apart. */
export type DictionaryKey = string | number;
type Make = new (value?: unknown) => RuntimeValue;
type Node = Parameters<Interpreter['evaluate']>[0];
/** A function of a template: arguments given by name are the last one. */
export type TemplateFunction = (args: RuntimeValue[]) => RuntimeValue;

const scope = new Environment();
const made = (node: object | undefined) => new Interpreter(scope).evaluate(node as Node, scope);
const classOf = (value: RuntimeValue) => value.constructor as unknown as Make;

const StringValue = classOf(made({ type: 'StringLiteral', value: '' }));
const IntegerValue = classOf(made({ type: 'IntegerLiteral', value: 0 }));
const FloatValue = classOf(made({ type: 'FloatLiteral', value: 0 }));
const ArrayValue = classOf(made({ type: 'ArrayLiteral', value: [] }));
const TupleValue = classOf(made({ type: 'TupleLiteral', value: [] }));
const ObjectValue = classOf(made({ type: 'ObjectLiteral', value: new Map() }));
const BooleanValue = classOf(scope.set('yes', true));
const FunctionValue = classOf(scope.set('act', () => null));

export const text = (value: string): RuntimeValue => new StringValue(value);
export const integer = (value: number): RuntimeValue => new IntegerValue(value);
export const float = (value: number): RuntimeValue => new FloatValue(value);
export const truth = (value: boolean): RuntimeValue => new BooleanValue(value);
export const list = (items: readonly RuntimeValue[]): RuntimeValue => new ArrayValue([...items]);
export const tuple = (items: readonly RuntimeValue[]): RuntimeValue => new TupleValue([...items]);
export const dictionary = (entries: ReadonlyMap<DictionaryKey, RuntimeValue>): RuntimeValue =>
  new ObjectValue(new Map(entries));
export const callable = (act: TemplateFunction): RuntimeValue => new FunctionValue(act);
export const nothing = (): RuntimeValue => made({ type: 'Comment' });
export const absent = (): RuntimeValue => made(undefined);

interface Holding<T> {
  readonly type: string;
  readonly value: T;
}
type Dictionary = Map<DictionaryKey, RuntimeValue>;

export const isText = (x: JinjaValue): x is Holding<string> => x.type === 'StringValue';
export const isList = (x: JinjaValue): x is Holding<RuntimeValue[]> =>
  x.type === 'ArrayValue' || x.type === 'TupleValue';
export const isDictionary = (x: JinjaValue): x is Holding<Dictionary> => x.value instanceof Map;
export const dictionaryOf = (x: JinjaValue): Dictionary | undefined =>
  isDictionary(x) ? x.value : undefined;
export const isAbsent = ({ type }: JinjaValue): boolean => type === 'UndefinedValue';
export const isNothing = ({ type }: JinjaValue): boolean => type === 'NullValue';
export const isTrue = (x: RuntimeValue): boolean => x.__bool__().value === true;

/** The number, also of True and False; undefined for all else. */
export function numberOf({ type, value }: JinjaValue): number | undefined {
  if (type === 'IntegerValue' || type === 'FloatValue') return value as number;
  return type === 'BooleanValue' ? Number(value) : undefined;
}

/** A key of a dictionary. Throws for what cannot be one. */
export function keyOf(x: RuntimeValue): DictionaryKey {
  if (isText(x)) return x.value;
  const number = numberOf(x);
  if (number !== undefined) return number;
  throw new Error(`unhashable type: ${x.type}`);
}

export const fromKey = (key: DictionaryKey): RuntimeValue =>
  typeof key === 'string' ? text(key) : integer(key);

/** What a `for` goes through: items of a list, characters, keys; nothing of an undefined value. Throws for all else. */
export function itemsOf(x: RuntimeValue): RuntimeValue[] {
  if (isList(x)) return x.value;
  if (isText(x)) return Array.from(x.value, text);
  if (isAbsent(x)) return [];
  if (x.type === 'ObjectValue' && isDictionary(x)) return [...x.value.keys()].map(fromKey);
  throw new Error(`'${x.type}' object is not iterable`);
}

/** Python's `str(x)`. */
export function written(x: RuntimeValue): string {
  return isText(x) ? x.value : isAbsent(x) ? '' : represented(x);
}

/** Python's `repr(x)`. */
function represented(x: RuntimeValue): string {
  if (isText(x)) return quoted(x.value);
  if (isNothing(x)) return 'None';
  if (isAbsent(x)) return 'Undefined';
  if (x.type === 'BooleanValue') return x.value === true ? 'True' : 'False';
  if (isList(x)) {
    const items = x.value.map(represented).join(', ');
    if (x.type === 'ArrayValue') return `[${items}]`;
    return x.value.length === 1 ? `(${items},)` : `(${items})`;
  }
  if (x.type === 'ObjectValue' && isDictionary(x)) {
    return `{${[...x.value].map(([k, v]) => `${represented(fromKey(k))}: ${represented(v)}`).join(', ')}}`;
  }
  return String(x);
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

function quoted(value: string): string {
  const mark = value.includes("'") && !value.includes('"') ? '"' : "'";
  const inner = value.replace(/[\n\r\t\\]/g, (c) => ESCAPES[c] as string).replaceAll(mark, `\\${mark}`);
  return `${mark}${inner}${mark}`;
}

/** Python's `==`. */
export function areEqual(a: JinjaValue, b: JinjaValue): boolean {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined || y !== undefined) return x === y;
  if (isAbsent(a) || isNothing(a)) return a.type === b.type;
  if (isList(a) || isList(b)) {
    if (a.type !== b.type || !isList(a) || !isList(b) || a.value.length !== b.value.length) return false;
    return a.value.every((item, i) => areEqual(item, (b.value as RuntimeValue[])[i] as RuntimeValue));
  }
  if (isDictionary(a) && isDictionary(b)) {
    if (a.value.size !== b.value.size) return false;
    return [...a.value].every(([key, value]) => {
      const other = b.value.get(key);
      return other !== undefined && areEqual(value, other);
    });
  }
  return a.type === b.type && a.value === b.value;
}

/** -1, 0 or 1. Throws for values that Python cannot order. */
export function compared(a: RuntimeValue, b: RuntimeValue): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return Math.sign(x - y);
  if (isText(a) && isText(b)) return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  if (isList(a) && isList(b)) {
    for (const [i, item] of a.value.entries()) {
      const other = b.value[i];
      if (other === undefined) return 1;
      if (!areEqual(item, other)) return compared(item, other);
    }
    return Math.sign(a.value.length - b.value.length);
  }
  throw new Error(`'<' not supported between ${a.type} and ${b.type}`);
}

/** Python's `a in b`. Throws for a container that is none. */
export function isIn(a: RuntimeValue, b: RuntimeValue): boolean {
  if (isText(b)) {
    if (!isText(a)) throw new Error(`'in <string>' requires a string, not ${a.type}`);
    return b.value.includes(a.value);
  }
  const held = dictionaryOf(b);
  if (held !== undefined) return (isText(a) || numberOf(a) !== undefined) && held.has(keyOf(a));
  return itemsOf(b).some((item) => areEqual(item, a));
}

/** The value at a path such as `function.name` or `0.name`. */
export function attributeOf(x: RuntimeValue, path: RuntimeValue): RuntimeValue {
  const parts = isText(path) ? path.value.split('.') : [String(path.value)];
  let at = x;
  for (const part of parts) {
    const held = dictionaryOf(at);
    const next =
      held?.get(part) ?? held?.get(Number(part)) ?? (isList(at) ? at.value[Number(part)] : undefined);
    if (next === undefined) return absent();
    at = next;
  }
  return at;
}
