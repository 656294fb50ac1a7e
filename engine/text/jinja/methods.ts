/** Methods of Python's texts, lists and dictionaries that the template library lacks or has otherwise. */
import type { JinjaValue } from '../template-prices.ts';
import {
  absent,
  areEqual,
  callable,
  dictionary,
  type DictionaryKey,
  fromKey,
  integer,
  isAbsent,
  isDictionary,
  isList,
  isNothing,
  isText,
  itemsOf,
  keyOf,
  list,
  nothing,
  numberOf,
  type RuntimeValue,
  text,
  truth,
  tuple,
  written,
} from './values.ts';

type Method<T> = (self: T, args: readonly RuntimeValue[]) => RuntimeValue;

/** Widths above this are no layout of a chat. */
const WIDEST = 1000;

const charactersOf = (x: RuntimeValue | undefined): string | undefined =>
  x === undefined || isNothing(x) || x.type === 'KeywordArgumentsValue' ? undefined : written(x);

/** Removes characters of a set from one or both ends; white space without a set. */
export function stripped(self: string, set: string | undefined, start: boolean, end: boolean): string {
  const chars = [...self];
  const isIn = (c: string) => (set === undefined ? c.trim() === '' : set.includes(c));
  let [from, to] = [0, chars.length];
  while (start && from < to && isIn(chars[from] as string)) from++;
  while (end && to > from && isIn(chars[to - 1] as string)) to--;
  return chars.slice(from, to).join('');
}

const strip =
  (start: boolean, end: boolean): Method<string> =>
  (self, [set]) =>
    text(stripped(self, charactersOf(set), start, end));

function padded(
  self: string,
  width: RuntimeValue | undefined,
  fill: string,
  side: 'start' | 'end',
): RuntimeValue {
  const wide = numberOf(width ?? absent()) ?? 0;
  if (wide > WIDEST) throw new Error(`a width above ${WIDEST}`);
  return text(side === 'start' ? self.padStart(wide, fill) : self.padEnd(wide, fill));
}

const matches =
  (pattern: RegExp): Method<string> =>
  (self) =>
    truth(pattern.test(self));

const affix =
  (start: boolean): Method<string> =>
  (self, [part]) => {
    const cut = written(part ?? absent());
    if (cut === '' || !(start ? self.startsWith(cut) : self.endsWith(cut))) return text(self);
    return text(start ? self.slice(cut.length) : self.slice(0, -cut.length));
  };

const partition =
  (last: boolean): Method<string> =>
  (self, [separator]) => {
    const by = written(separator ?? absent());
    const at = last ? self.lastIndexOf(by) : self.indexOf(by);
    if (at < 0) return list((last ? ['', '', self] : [self, '', '']).map(text));
    return list([self.slice(0, at), by, self.slice(at + by.length)].map(text));
  };

const TEXT: Readonly<Record<string, Method<string>>> = {
  strip: strip(true, true),
  lstrip: strip(true, false),
  rstrip: strip(false, true),
  capitalize: (self) => text(self.charAt(0).toUpperCase() + self.slice(1).toLowerCase()),
  casefold: (self) => text(self.toLowerCase()),
  swapcase: (self) =>
    text(Array.from(self, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join('')),
  join: (self, [items]) =>
    text(
      itemsOf(items ?? absent())
        .map(written)
        .join(self),
    ),
  find: (self, [part]) => integer(self.indexOf(written(part ?? absent()))),
  rfind: (self, [part]) => integer(self.lastIndexOf(written(part ?? absent()))),
  index: (self, [part]) => {
    const at = self.indexOf(written(part ?? absent()));
    if (at < 0) throw new Error('substring not found');
    return integer(at);
  },
  count: (self, [part]) => integer(self.split(written(part ?? absent())).length - 1),
  removeprefix: affix(true),
  removesuffix: affix(false),
  partition: partition(false),
  rpartition: partition(true),
  splitlines: (self) => {
    const lines = self.split(/\r\n|\n|\r/);
    if (lines.at(-1) === '') lines.pop();
    return list(lines.map(text));
  },
  rsplit: (self, [separator, most]) => {
    const by = charactersOf(separator);
    const parts = by === undefined ? self.split(/\s+/).filter((part) => part !== '') : self.split(by);
    const count = numberOf(most ?? absent()) ?? -1;
    if (count < 0 || parts.length <= count + 1) return list(parts.map(text));
    const first = parts.slice(0, parts.length - count).join(by ?? ' ');
    return list([first, ...parts.slice(parts.length - count)].map(text));
  },
  isdigit: matches(/^\p{Nd}+$/u),
  isdecimal: matches(/^\p{Nd}+$/u),
  isnumeric: matches(/^\p{N}+$/u),
  isalpha: matches(/^\p{L}+$/u),
  isalnum: matches(/^[\p{L}\p{N}]+$/u),
  isspace: matches(/^\s+$/u),
  isupper: (self) => truth(self !== self.toLowerCase() && self === self.toUpperCase()),
  islower: (self) => truth(self !== self.toUpperCase() && self === self.toLowerCase()),
  zfill: (self, [width]) => padded(self, width, '0', 'start'),
  ljust: (self, [width, fill]) => padded(self, width, charactersOf(fill) ?? ' ', 'end'),
  rjust: (self, [width, fill]) => padded(self, width, charactersOf(fill) ?? ' ', 'start'),
  format: (self, args) => text(formatted(self, args)),
};

/** `'{} {0} {name}'.format(…)`, without formats of numbers. */
function formatted(self: string, args: readonly RuntimeValue[]): string {
  const named = args.find(({ type }) => type === 'KeywordArgumentsValue');
  const given = args.filter((arg) => arg !== named);
  let next = 0;
  return self.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (found, field?: string) => {
    if (field === undefined) return found.charAt(0);
    const key = field === '' ? next++ : /^\d+$/.test(field) ? Number(field) : field;
    const value =
      typeof key === 'number'
        ? given[key]
        : named !== undefined && isDictionary(named)
          ? named.value.get(key)
          : undefined;
    if (value === undefined) throw new Error(`format() has no argument ${key}`);
    return written(value);
  });
}

const LIST: Readonly<Record<string, Method<readonly RuntimeValue[]>>> = {
  count: (self, [x]) => integer(self.filter((item) => areEqual(item, x ?? absent())).length),
  index: (self, [x]) => {
    const at = self.findIndex((item) => areEqual(item, x ?? absent()));
    if (at < 0) throw new Error('the item is not in the list');
    return integer(at);
  },
  copy: (self) => list(self),
};

const DICTIONARY: Readonly<Record<string, Method<ReadonlyMap<DictionaryKey, RuntimeValue>>>> = {
  get: (self, [key, otherwise]) => {
    const isKey = key !== undefined && (isText(key) || numberOf(key) !== undefined);
    return (isKey ? self.get(keyOf(key)) : undefined) ?? otherwise ?? nothing();
  },
  keys: (self) => list([...self.keys()].map(fromKey)),
  values: (self) => list([...self.values()]),
  items: (self) => list([...self].map(([key, value]) => tuple([fromKey(key), value]))),
  copy: (self) => dictionary(self),
};

const own = <T>(methods: Readonly<Record<string, Method<T>>>, name: string): Method<T> | undefined =>
  Object.hasOwn(methods, name) ? methods[name] : undefined;

/** The method of a value; undefined where the library's is right, or Python has none. */
export function methodOf(self: RuntimeValue, name: string): RuntimeValue | undefined {
  const bound = <T>(method: Method<T> | undefined, value: T) =>
    method === undefined ? undefined : callable((args) => method(value, args));
  if (isText(self)) return bound(own(TEXT, name), self.value);
  if (isList(self)) return bound(own(LIST, name), self.value);
  if (self.type !== 'ObjectValue' || !isDictionary(self) || self.value.has(name)) return undefined;
  return bound(own(DICTIONARY, name), self.value);
}

/** Python's `'…' % x`, with %s, %r, %d, %i, %f and %%. Throws for others. */
export function percentFormatted(self: string, given: JinjaValue): string {
  const value = given as RuntimeValue;
  const values = value.type === 'TupleValue' && isList(value) ? [...value.value] : [value];
  const made = self.replace(
    /%(?:\((\w+)\))?([-+ #0]*\d*)(\.\d+)?([a-zA-Z%])/g,
    (_, name?: string, width = '', digits?: string, kind?: string) => {
      if (kind === '%') return '%';
      if (width !== '') throw new Error(`unsupported format %${width}${kind}`);
      const next = name !== undefined && isDictionary(value) ? value.value.get(name) : values.shift();
      if (next === undefined || isAbsent(next)) throw new Error('not enough arguments for format string');
      const number = numberOf(next);
      if (kind === 's') return written(next);
      if ((kind === 'd' || kind === 'i') && number !== undefined) return String(Math.trunc(number));
      if (kind === 'f' && number !== undefined)
        return number.toFixed(Math.min(20, Number(digits?.slice(1) ?? 6)));
      throw new Error(`unsupported format %${kind}`);
    },
  );
  return made;
}
