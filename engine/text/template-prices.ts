/**
 * What operations of a template cost beyond reading their operands, in UTF-16 units of text and items of lists. A price
 * is an upper bound, paid before the operation runs.
 */

/** A value inside the interpreter, as far as it is looked at here. */
export interface JinjaValue {
  /** `StringValue`, `ArrayValue`, … */
  readonly type: string;
  readonly value: unknown;
}

/** Throws if the sum of what was paid is above the budget. */
export type Pay = (size: number) => void;

/** What an item of a list that is made takes, compared with a unit of a text: each is an object. */
const ITEM = 64;
/** What visiting a value inside another takes. */
const NODE = 8;
/** Searching a text for another is quick, but in the worst case it compares each pair of their units. */
const COMPARISONS = 256;

/** Length of a text, items of a list, entries of an object; 0 for all else. */
export function containerSize({ value }: JinjaValue): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return value instanceof Map ? value.size : 0;
}

/**
 * Pays for writing out a value with everything inside of it. A value that is inside of several lists counts each time,
 * so forty lists of two make 2^40. `perLevel`: blanks before each item, for each level of nesting.
 */
export function treeSize(value: JinjaValue, pay: Pay, perLevel = 0): void {
  const left: { readonly at: JinjaValue; readonly level: number }[] = [{ at: value, level: 1 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { at, level } = next;
    const size = containerSize(at);
    pay(size + NODE);
    const items = Array.isArray(at.value) ? at.value : at.value instanceof Map ? at.value.values() : [];
    pay(typeof at.value === 'string' ? 0 : perLevel * level * size);
    for (const item of items as Iterable<JinjaValue | undefined>) {
      if (item !== undefined && typeof item === 'object' && 'value' in item)
        left.push({ at: item, level: level + 1 });
    }
  }
}

/** Filters that look at the outside of their operand alone. */
const SHALLOW: ReadonlySet<string> = new Set(
  'length count first last reverse items d default attr'.split(' '),
);

/** Pays for a filter. `args`: the values of its arguments. */
export function priceFilter(name: string, operand: JinjaValue, args: readonly JinjaValue[], pay: Pay): void {
  const numbers = args.map(({ value }) => value).filter((x): x is number => typeof x === 'number' && x > 0);
  const most = Math.max(0, ...numbers);
  const texts = args.reduce((sum, arg) => sum + textLength(arg), 0);
  const size = containerSize(operand);
  switch (name) {
    case 'tojson':
      pay(most);
      treeSize(operand, pay, most + texts);
      break;
    case 'string':
      treeSize(operand, pay);
      break;
    case 'join':
      treeSize(operand, pay);
      pay(size * texts);
      break;
    case 'indent':
      pay(Math.max(4, most) * (1 + occurrences(String(operand.value), '\n')));
      break;
    case 'sort':
    case 'dictsort':
    case 'min':
    case 'max':
    case 'groupby':
    case 'unique': {
      const rounds = Math.ceil(Math.log2(size + 2));
      treeSize(operand, (part) => pay(rounds * (part + texts)));
      break;
    }
    case 'map':
      pay(size * (ITEM + texts));
      break;
    case 'list':
    case 'batch':
      pay(size * ITEM);
      break;
    case 'select':
    case 'reject':
    case 'selectattr':
    case 'rejectattr':
      pay(size * ITEM);
      // A test may compare each item with an argument.
      for (const value of [operand, ...args]) treeSize(value, pay);
      break;
    default:
      // Others may compare or write out everything inside.
      if (!SHALLOW.has(name)) for (const value of [operand, ...args]) treeSize(value, pay);
      priceMethod(name, operand, args, pay);
  }
}

/** Pays for a method of a value, such as `text.replace`. */
export function priceMethod(
  name: string,
  { value }: JinjaValue,
  args: readonly JinjaValue[],
  pay: Pay,
): void {
  if (value instanceof Map) {
    pay(ITEM * value.size);
    if (name === 'dictsort') priceFilter(name, { type: '', value }, args, pay);
  }
  if (typeof value !== 'string') return;
  // A separator stands between items, a text in each field of a pattern.
  if (name === 'join') for (const arg of args) pay(containerSize(arg) * value.length);
  if (name === 'format') for (const arg of args) pay(value.length * textLength(arg));
  const [first, second] = args;
  const searched = first === undefined || typeof first.value !== 'string' ? undefined : first.value;
  pay((value.length * (searched?.length ?? 0)) / COMPARISONS);
  if (name === 'replace' && searched !== undefined && second !== undefined) {
    const places = searched === '' ? value.length + 1 : occurrences(value, searched);
    pay(value.length + places * textLength(second));
  }
  if (name === 'splitlines' || name === 'rsplit') pay(ITEM * blanks(value));
  if (name === 'split') {
    pay(
      ITEM *
        (1 + (searched === undefined ? blanks(value) : searched === '' ? 0 : occurrences(value, searched))),
    );
  }
}

/** Pays for an operator that searches or writes out its operands. */
export function priceOperator(operator: unknown, left: JinjaValue, right: JinjaValue, pay: Pay): void {
  treeSize(left, pay);
  treeSize(right, pay);
  if (operator === '*') {
    const times = [left.value, right.value].find((x) => typeof x === 'number') as number | undefined;
    pay(Math.max(0, times ?? 0) * (containerSize(left) + containerSize(right)));
  }
  // Each field of a pattern may write out all of the other operand.
  if (operator === '%' && typeof left.value === 'string') {
    const fields = occurrences(left.value, '%');
    treeSize(right, (size) => pay(size * fields));
  }
  if (operator === 'in' || operator === 'not in') pay((textLength(left) * textLength(right)) / COMPARISONS);
}

/** Pays for a part of a text or list: a text is taken apart into its characters. */
export function priceSlice(value: JinjaValue, pay: Pay): void {
  pay(containerSize(value) * 4);
}

const textLength = ({ value }: JinjaValue): number => (typeof value === 'string' ? value.length : 0);

function occurrences(text: string, searched: string): number {
  let count = 0;
  for (let at = text.indexOf(searched); at >= 0; at = text.indexOf(searched, at + searched.length)) count++;
  return count;
}

function blanks(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++)
    if (text.charCodeAt(at) <= 0x20 || text.charCodeAt(at) > 0x7f) count++;
  return count;
}
