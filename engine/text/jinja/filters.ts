/** Filters and tests of Jinja that the template library lacks or has otherwise. */
import { percentFormatted, stripped } from './methods.ts';
import {
  absent,
  areEqual,
  attributeOf,
  compared,
  dictionary,
  type DictionaryKey,
  float,
  fromKey,
  integer,
  isAbsent,
  isDictionary,
  isIn,
  isList,
  isNothing,
  isText,
  isTrue,
  itemsOf,
  list,
  numberOf,
  type RuntimeValue,
  text,
  truth,
  tuple,
  written,
} from './values.ts';

/** Arguments of a filter. */
export interface FilterArguments {
  readonly given: readonly RuntimeValue[];
  readonly named: ReadonlyMap<string, RuntimeValue>;
  /** Applies another filter, by its name. */
  apply(name: string, operand: RuntimeValue, given: readonly RuntimeValue[]): RuntimeValue;
}

type Filter = (operand: RuntimeValue, args: FilterArguments) => RuntimeValue | undefined;
type JinjaTest = (x: RuntimeValue, arg: RuntimeValue) => boolean;

const argument = ({ given, named }: FilterArguments, at: number, name: string) =>
  given[at] ?? named.get(name);
/** Jinja takes an undefined or null sequence as an empty one where it only looks whether there is something. */
const lenient = (x: RuntimeValue) => (isNothing(x) ? [] : itemsOf(x));

function lengthOf(x: RuntimeValue): RuntimeValue {
  if (isDictionary(x)) return integer(x.value.size);
  if (isText(x)) return integer([...x.value].length);
  return integer(itemsOf(x).length);
}

/** The value of an item that a test looks at: of an attribute, if one is named. */
const picked = (item: RuntimeValue, attribute: RuntimeValue | undefined) =>
  attribute === undefined ? item : attributeOf(item, attribute);

const selecting =
  (wanted: boolean, byAttribute: boolean): Filter =>
  (operand, args) => {
    const given = [...args.given];
    const attribute = byAttribute ? given.shift() : undefined;
    const [name, arg = absent()] = given;
    const test = name === undefined ? isTrue : testNamed(written(name));
    return list(lenient(operand).filter((item) => test(picked(item, attribute), arg) === wanted));
  };

/** Texts that are equal for values that are: 1 and true are one, 1 and "1" are two. Of texts, case does not count. */
function distinct(x: RuntimeValue): string {
  const number = numberOf(x);
  if (number !== undefined) return `number ${number}`;
  return isText(x) ? `text ${x.value.toLowerCase()}` : `${x.type} ${written(x)}`;
}

const extreme =
  (sign: number): Filter =>
  (operand, args) => {
    const attribute = argument(args, 1, 'attribute');
    const [first, ...rest] = itemsOf(operand);
    if (first === undefined) return absent();
    const of = (item: RuntimeValue) => picked(item, attribute);
    return rest.reduce((best, item) => (sign * compared(of(item), of(best)) > 0 ? item : best), first);
  };

const onText =
  (act: (value: string) => string): Filter =>
  (operand) =>
    text(act(written(operand)));

function round(operand: RuntimeValue, args: FilterArguments): RuntimeValue {
  const number = numberOf(operand) ?? Number.NaN;
  const digits = numberOf(argument(args, 0, 'precision') ?? integer(0)) ?? 0;
  const how = written(argument(args, 1, 'method') ?? text('common'));
  const scale = 10 ** digits;
  if (how !== 'common') return float((how === 'ceil' ? Math.ceil : Math.floor)(number * scale) / scale);
  const scaled = number * scale;
  const nearest = Math.round(scaled);
  // Python rounds halves to the even neighbour.
  return float((Math.abs(scaled % 1) === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest) / scale);
}

const FILTERS: Readonly<Record<string, Filter>> = {
  list: (operand) => list(itemsOf(operand)),
  first: (operand) => itemsOf(operand)[0] ?? absent(),
  last: (operand) => itemsOf(operand).at(-1) ?? absent(),
  length: lengthOf,
  count: lengthOf,
  reverse: (operand) =>
    isText(operand) ? text([...operand.value].reverse().join('')) : list(itemsOf(operand).toReversed()),
  items: (operand) => {
    if (isAbsent(operand)) return list([]);
    if (!isDictionary(operand)) throw new Error('Can only get item pairs from a mapping.');
    return list([...operand.value].map(([key, value]) => tuple([fromKey(key), value])));
  },
  select: selecting(true, false),
  reject: selecting(false, false),
  selectattr: selecting(true, true),
  rejectattr: selecting(false, true),
  map: (operand, args) => {
    const attribute = args.named.get('attribute');
    const items = lenient(operand);
    if (attribute !== undefined) {
      const otherwise = args.named.get('default');
      return list(
        items.map((item) => attributeOf(item, attribute)).map((x) => (isAbsent(x) ? (otherwise ?? x) : x)),
      );
    }
    const [name, ...rest] = args.given;
    if (name === undefined) throw new Error('map requires a filter argument');
    return list(items.map((item) => args.apply(written(name), item, rest)));
  },
  join: (operand, args) => {
    const attribute = argument(args, 1, 'attribute');
    const between = written(argument(args, 0, 'd') ?? args.named.get('separator') ?? text(''));
    return text(
      itemsOf(operand)
        .map((item) => written(picked(item, attribute)))
        .join(between),
    );
  },
  sum: (operand, args) => {
    const attribute = argument(args, 0, 'attribute');
    const start = argument(args, 1, 'start') ?? integer(0);
    const numbers = [start, ...itemsOf(operand).map((item) => picked(item, attribute))];
    const total = numbers.reduce((sum, x) => sum + (numberOf(x) ?? Number.NaN), 0);
    return numbers.some(({ type }) => type === 'FloatValue') ? float(total) : integer(total);
  },
  min: extreme(-1),
  max: extreme(1),
  unique: (operand, args) => {
    const attribute = argument(args, 1, 'attribute');
    // The price of sorting is paid; comparing each with each would cost more.
    const seen = new Set<string>();
    return list(
      itemsOf(operand).filter((item) => {
        const key = distinct(picked(item, attribute));
        return !seen.has(key) && seen.add(key) !== undefined;
      }),
    );
  },
  groupby: (operand, args) => {
    const attribute = argument(args, 0, 'attribute') ?? absent();
    const sorted = [...itemsOf(operand)].sort((a, b) =>
      compared(attributeOf(a, attribute), attributeOf(b, attribute)),
    );
    const groups: { readonly key: RuntimeValue; readonly items: RuntimeValue[] }[] = [];
    for (const item of sorted) {
      const key = attributeOf(item, attribute);
      const last = groups.at(-1);
      if (last !== undefined && areEqual(last.key, key)) last.items.push(item);
      else groups.push({ key, items: [item] });
    }
    return list(groups.map(({ key, items }) => tuple([key, list(items)])));
  },
  batch: (operand, args) => {
    const size = numberOf(argument(args, 0, 'linecount') ?? absent()) ?? 0;
    if (!(size >= 1)) throw new Error('batch needs a number of items');
    const items = itemsOf(operand);
    return list(
      Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
        list(items.slice(i * size, (i + 1) * size)),
      ),
    );
  },
  string: (operand) => text(written(operand)),
  upper: onText((x) => x.toUpperCase()),
  lower: onText((x) => x.toLowerCase()),
  capitalize: onText((x) => x.charAt(0).toUpperCase() + x.slice(1).toLowerCase()),
  trim: (operand, args) => {
    const set = argument(args, 0, 'chars');
    return text(stripped(written(operand), set === undefined ? undefined : written(set), true, true));
  },
  wordcount: (operand) => integer(written(operand).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0),
  escape: onText(escaped),
  e: onText(escaped),
  forceescape: onText(escaped),
  urlencode: onText((x) => encodeURIComponent(x).replaceAll('%2F', '/')),
  format: (operand, { given }) => text(percentFormatted(written(operand), tuple(given))),
  attr: (operand, args) => attributeOf(operand, argument(args, 0, 'name') ?? absent()),
  d: (operand, args) => {
    const isEmpty =
      isAbsent(operand) || (isTrue(argument(args, 1, 'boolean') ?? truth(false)) && !isTrue(operand));
    return isEmpty ? (argument(args, 0, 'default_value') ?? text('')) : operand;
  },
  abs: (operand) => {
    const number = numberOf(operand);
    if (number === undefined) throw new Error(`bad operand type for abs(): ${operand.type}`);
    return operand.type === 'FloatValue' ? float(Math.abs(number)) : integer(Math.abs(number));
  },
  round,
  int: (operand, args) => {
    const otherwise = argument(args, 0, 'default') ?? integer(0);
    const number =
      numberOf(operand) ??
      (isText(operand) && /^\s*[+-]?\d+(?:\.\d*)?\s*$/.test(operand.value)
        ? Number(operand.value)
        : undefined);
    return number === undefined || !Number.isFinite(number) ? otherwise : integer(Math.trunc(number));
  },
  float: (operand, args) => {
    const otherwise = argument(args, 0, 'default') ?? float(0);
    const number =
      numberOf(operand) ??
      (isText(operand) && operand.value.trim() !== '' ? Number(operand.value) : Number.NaN);
    return Number.isNaN(number) ? otherwise : float(number);
  },
  dictsort: (operand, args) => {
    if (!isDictionary(operand)) throw new Error('dictsort needs a mapping');
    const at = written(argument(args, 1, 'by') ?? text('key')) === 'value' ? 1 : 0;
    const isCaseful = isTrue(argument(args, 0, 'case_sensitive') ?? truth(false));
    const sign = isTrue(argument(args, 2, 'reverse') ?? truth(false)) ? -1 : 1;
    const of = (pair: readonly RuntimeValue[]) => {
      const value = pair[at] as RuntimeValue;
      return isText(value) && !isCaseful ? text(value.value.toLowerCase()) : value;
    };
    const pairs = [...operand.value].map(([key, value]) => [fromKey(key), value]);
    return list(pairs.sort((a, b) => sign * compared(of(a), of(b))).map(tuple));
  },
};

function escaped(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&#39;')
    .replaceAll('"', '&#34;');
}

const parity =
  (rest: number): JinjaTest =>
  (x) => {
    const number = numberOf(x);
    if (number === undefined) throw new Error(`not all arguments converted: ${x.type}`);
    return Math.abs(number % 2) === rest;
  };
const ordered =
  (isRight: (sign: number) => boolean): JinjaTest =>
  (x, y) =>
    isRight(compared(x, y));

const TESTS: Readonly<Record<string, JinjaTest>> = {
  defined: (x) => !isAbsent(x),
  undefined: isAbsent,
  none: isNothing,
  boolean: ({ type }) => type === 'BooleanValue',
  true: ({ type, value }) => type === 'BooleanValue' && value === true,
  false: ({ type, value }) => type === 'BooleanValue' && value === false,
  string: isText,
  number: (x) => numberOf(x) !== undefined,
  integer: ({ type }) => type === 'IntegerValue',
  float: ({ type }) => type === 'FloatValue',
  iterable: (x) => isText(x) || isList(x) || isAbsent(x) || x.type === 'ObjectValue',
  sequence: (x) => isText(x) || isList(x) || x.type === 'ObjectValue',
  mapping: ({ type }) => type === 'ObjectValue',
  callable: ({ type }) => type === 'FunctionValue',
  lower: (x) => isText(x) && x.value === x.value.toLowerCase(),
  upper: (x) => isText(x) && x.value === x.value.toUpperCase(),
  odd: parity(1),
  even: parity(0),
  divisibleby: (x, by) => (numberOf(x) ?? Number.NaN) % (numberOf(by) ?? Number.NaN) === 0,
  eq: areEqual,
  equalto: areEqual,
  '==': areEqual,
  ne: (x, y) => !areEqual(x, y),
  '!=': (x, y) => !areEqual(x, y),
  sameas: (x, y) => x.type === y.type && areEqual(x, y),
  in: isIn,
  lt: ordered((sign) => sign < 0),
  '<': ordered((sign) => sign < 0),
  lessthan: ordered((sign) => sign < 0),
  le: ordered((sign) => sign <= 0),
  '<=': ordered((sign) => sign <= 0),
  gt: ordered((sign) => sign > 0),
  '>': ordered((sign) => sign > 0),
  greaterthan: ordered((sign) => sign > 0),
  ge: ordered((sign) => sign >= 0),
  '>=': ordered((sign) => sign >= 0),
};

/** The tests that take an argument. */
export const TESTS_WITH_ARGUMENT: ReadonlySet<string> = new Set(
  'divisibleby eq equalto ne sameas in lt lessthan le gt greaterthan ge'.split(' '),
);

/** Throws for an unknown test. */
export function testNamed(name: string): JinjaTest {
  const test = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
  if (test === undefined) throw new Error(`Unknown test: ${name}`);
  return test;
}

/** Returns the filter, unless the library's own is right. */
export const filterNamed = (name: string): Filter | undefined =>
  Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;

/** The value with keys as JSON has them: texts. */
export function withTextKeys(x: RuntimeValue): RuntimeValue {
  if (isList(x)) return list(x.value.map(withTextKeys));
  if (x.type !== 'ObjectValue' || !isDictionary(x)) return x;
  const entries = [...x.value].map(([key, value]): [DictionaryKey, RuntimeValue] => [
    String(key),
    withTextKeys(value),
  ]);
  return dictionary(new Map(entries));
}
