/**
 * The template library's interpreter, with what it lacks against Python's Jinja: numbers as keys, sequences that are null
 * or undefined, texts that are iterated, `%` and `*`, equality of lists, how values are written, and the filters, tests and
 * methods of `filters.ts` and `methods.ts`. `scripts/goldens/templates.py` writes what Jinja makes of each.
 *
 * Nodes whose operands are evaluated already are given on as nodes that hold a value (`Evaluated`).
 * Not here: budgets (`../template-interpreter.ts`).
 */
import { type Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { filterNamed, TESTS_WITH_ARGUMENT, testNamed, withTextKeys } from './filters.ts';
import { methodOf, percentFormatted } from './methods.ts';
import { placeOfFailure, placeOfNode, placeOfToken, type TemplatePlace, withPlace } from './place.ts';
import {
  absent,
  areEqual,
  compared,
  dictionary,
  dictionaryOf,
  type DictionaryKey,
  float,
  integer,
  isAbsent,
  isIn,
  isList,
  isText,
  itemsOf,
  keyOf,
  list,
  numberOf,
  type RuntimeValue,
  text,
  truth,
  written,
} from './values.ts';

export type TemplateNode = Parameters<Interpreter['evaluate']>[0];

/** A node of a parsed template, as far as it is looked at here. */
export interface JinjaNode {
  readonly type: string;
  readonly [part: string]: unknown;
}

/** Filters that stand for tests with an argument: `x is eq 3` is `x | is eq(3)`. */
const TEST_FILTER = /^is( not)? (\w+)$/;

export class PythonInterpreter extends Interpreter {
  override evaluate(statement: TemplateNode, scope: Environment): RuntimeValue {
    if (statement === undefined) return super.evaluate(statement, scope);
    const node = statement as unknown as JinjaNode;
    switch (node.type) {
      case 'Evaluated':
        return node.value as RuntimeValue;
      case 'Output':
        return text(written(this.value(node.value, scope)));
      case 'ObjectLiteral':
        return this.#dictionary(node, scope);
      case 'BinaryExpression':
        return this.#binary(node, scope);
      case 'MemberExpression':
        return this.#member(node, scope);
      case 'FilterExpression':
        return this.#filtered(node, scope);
      case 'TestExpression': {
        const { operand, test, negate } = node;
        const holds = testNamed((test as { value: string }).value)(this.value(operand, scope), absent());
        return truth(holds !== (negate === true));
      }
      case 'For':
        return super.evaluate(this.#iterating(node, scope), scope);
      default:
        return super.evaluate(statement, scope);
    }
  }

  protected value(node: unknown, scope: Environment): RuntimeValue {
    return this.evaluate(node as TemplateNode, scope);
  }

  #dictionary({ value }: JinjaNode, scope: Environment): RuntimeValue {
    const entries = new Map<DictionaryKey, RuntimeValue>();
    for (const [key, inner] of value as Map<unknown, unknown>) {
      entries.set(keyOf(this.value(key, scope)), this.value(inner, scope));
    }
    return dictionary(entries);
  }

  #binary(node: JinjaNode, scope: Environment): RuntimeValue {
    const operator = (node.operator as { value: string }).value;
    if (operator === 'and' || operator === 'or')
      return super.evaluate(node as unknown as TemplateNode, scope);
    const left = this.value(node.left, scope);
    const right = this.value(node.right, scope);
    const made = operated(operator, left, right);
    if (made !== undefined) return made;
    const ready = { ...node, left: evaluated(left), right: evaluated(right) };
    return super.evaluate(ready as unknown as TemplateNode, scope);
  }

  #member(node: JinjaNode, scope: Environment): RuntimeValue {
    const object = this.value(node.object, scope);
    const { property, computed } = node as { property: JinjaNode; computed?: boolean } & JinjaNode;
    const ready = { ...node, object: evaluated(object) };
    if (computed !== true) {
      const method = property.type === 'Identifier' ? methodOf(object, String(property.value)) : undefined;
      return method ?? super.evaluate(ready as unknown as TemplateNode, scope);
    }
    if (property.type === 'SliceExpression') {
      return super.evaluate(ready as unknown as TemplateNode, scope);
    }
    const key = this.value(property, scope);
    const held = dictionaryOf(object);
    if (held !== undefined) {
      const isKey = isText(key) || numberOf(key) !== undefined;
      const found = isKey ? held.get(keyOf(key)) : undefined;
      return found ?? (isText(key) ? methodOf(object, key.value) : undefined) ?? absent();
    }
    if (isAbsent(key) || isAbsent(object)) return absent();
    return super.evaluate({ ...ready, property: evaluated(key) } as unknown as TemplateNode, scope);
  }

  #filtered(node: JinjaNode, scope: Environment): RuntimeValue {
    const filter = node.filter as JinjaNode;
    const operand = this.value(node.operand, scope);
    const isCall = filter.type === 'CallExpression';
    const name = String(isCall ? (filter.callee as JinjaNode).value : filter.value);
    const test = TEST_FILTER.exec(name);
    const own = filterNamed(name);
    if (test === null && own === undefined) {
      const ready = { ...node, operand: evaluated(name === 'tojson' ? withTextKeys(operand) : operand) };
      return super.evaluate(ready as unknown as TemplateNode, scope);
    }
    const given: RuntimeValue[] = [];
    const named = new Map<string, RuntimeValue>();
    for (const arg of (isCall ? filter.args : []) as readonly JinjaNode[]) {
      if (arg.type === 'KeywordArgumentExpression')
        named.set(String((arg.key as JinjaNode).value), this.value(arg.value, scope));
      else given.push(this.value(arg, scope));
    }
    if (test !== null) {
      return truth(testNamed(test[2] as string)(operand, given[0] ?? absent()) !== (test[1] !== undefined));
    }
    const apply = (other: string, item: RuntimeValue, args: readonly RuntimeValue[]) =>
      this.value(filterNode(other, item, args), scope);
    return own?.(operand, { given, named, apply }) ?? absent();
  }

  /** The loop with its items as a list. The library unpacks lists alone, no tuples. */
  #iterating(node: JinjaNode, scope: Environment): TemplateNode {
    const source = node.iterable as JinjaNode;
    const isSelect = source.type === 'SelectExpression';
    const items = itemsOf(this.value(isSelect ? source.lhs : source, scope));
    const isUnpacking = (node.loopvar as JinjaNode).type === 'TupleLiteral';
    const ready = evaluated(
      list(isUnpacking ? items.map((item) => (isList(item) ? list(item.value) : item)) : items),
    );
    const iterable = isSelect ? { ...source, lhs: ready } : ready;
    return { ...node, iterable } as unknown as TemplateNode;
  }
}

const evaluated = (value: RuntimeValue): JinjaNode => ({ type: 'Evaluated', value });

function filterNode(name: string, operand: RuntimeValue, args: readonly RuntimeValue[]): JinjaNode {
  const callee = { type: 'Identifier', value: name };
  const filter = args.length === 0 ? callee : { type: 'CallExpression', callee, args: args.map(evaluated) };
  return { type: 'FilterExpression', operand: evaluated(operand), filter };
}

const ORDER: Readonly<Record<string, (sign: number) => boolean>> = {
  '<': (sign) => sign < 0,
  '>': (sign) => sign > 0,
  '<=': (sign) => sign <= 0,
  '>=': (sign) => sign >= 0,
};

/** What the library lacks or does otherwise; undefined for all else. */
function operated(operator: string, left: RuntimeValue, right: RuntimeValue): RuntimeValue | undefined {
  if (operator === '==') return truth(areEqual(left, right));
  if (operator === '!=') return truth(!areEqual(left, right));
  if (operator === '~') return text(written(left) + written(right));
  if (operator === 'in') return truth(isIn(left, right));
  if (operator === 'not in') return truth(!isIn(left, right));
  const order = Object.hasOwn(ORDER, operator) ? ORDER[operator] : undefined;
  if (order !== undefined) return truth(order(compared(left, right)));
  if (operator === '%' && isText(left)) return text(percentFormatted(left.value, right));
  const [a, b] = [numberOf(left), numberOf(right)];
  if (operator === '%' && a !== undefined && b !== undefined) {
    if (b === 0) throw new Error('integer modulo by zero');
    const rest = a - b * Math.floor(a / b);
    return left.type === 'FloatValue' || right.type === 'FloatValue' ? float(rest) : integer(rest);
  }
  if (operator === '*' && (a === undefined) !== (b === undefined)) {
    const [sequence, times] = a === undefined ? [left, b] : [right, a];
    const count = Math.max(0, Math.trunc(times as number));
    if (isText(sequence)) return text(sequence.value.repeat(count));
    if (isList(sequence)) return list(Array.from({ length: count }, () => sequence.value).flat());
  }
  return undefined;
}

/** Words that end an expression before an argument of a test. */
const NO_ARGUMENT: ReadonlySet<string> = new Set(['and', 'or', 'not', 'else', 'if', 'is', 'in']);

type Token = ReturnType<typeof tokenize>[number];

export interface ParsedTemplate {
  readonly program: JinjaNode;
  /** The place of a statement in the template. */
  placeOf(node: object): TemplatePlace | undefined;
}

const OPTIONS = { lstrip_blocks: true, trim_blocks: true };

/**
 * Parses a template; tests with arguments, which the library's grammar lacks, become filters. Throws its errors, with
 * their place (`place.ts`).
 */
export function parseTemplate(source: string): ParsedTemplate {
  const all = tokensOf(source);
  const tokens = testsAsFilters(all);
  let furthest = 0;
  const watched = new Proxy([...tokens], {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) furthest = Math.max(furthest, Number(key));
      return Reflect.get(target, key) as unknown;
    },
  });
  try {
    const program = parse(watched) as unknown as JinjaNode;
    markOutputs(program);
    return { program, placeOf: (node) => placeOfNode(source, all, program, node) };
  } catch (error) {
    const reached = tokens.slice(0, furthest + 1).findLast((token) => all.includes(token));
    throw withPlace(error, reached && placeOfToken(source, all, reached));
  }
}

function tokensOf(source: string): Token[] {
  try {
    return tokenize(source, OPTIONS);
  } catch (error) {
    const fails = (beginning: string) => {
      try {
        tokenize(beginning, OPTIONS);
        return false;
      } catch (other) {
        return String(other) === String(error);
      }
    };
    throw withPlace(error, placeOfFailure(source, fails));
  }
}

function testsAsFilters(tokens: readonly Token[]): Token[] {
  const made: Token[] = [];
  const like = (token: Token, type: string, value: string) =>
    Object.assign(Object.create(Object.getPrototypeOf(token) as object) as object, token, {
      type,
      value,
    }) as Token;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    const isNot = tokens[i + 1]?.value === 'not';
    const name = tokens[i + (isNot ? 2 : 1)];
    const after = tokens[i + (isNot ? 3 : 2)];
    const isTest =
      token.value === 'is' &&
      token.type === 'Identifier' &&
      TESTS_WITH_ARGUMENT.has(name?.value ?? '') &&
      after !== undefined;
    if (!isTest) {
      made.push(token);
      continue;
    }
    if (name?.value === 'in') continue; // `x is in y` is `x in y`
    const isCall = after.type === 'OpenParen';
    const isSingle =
      /^(?:Identifier|NumericLiteral|StringLiteral)$/.test(after.type) && !NO_ARGUMENT.has(after.value);
    made.push(like(token, 'Pipe', '|'), like(token, 'Identifier', `is${isNot ? ' not' : ''} ${name?.value}`));
    i += isNot ? 2 : 1;
    if (!isCall && isSingle) {
      made.push(like(token, 'OpenParen', '('), after, like(token, 'CloseParen', ')'));
      i++;
    }
  }
  return made;
}

const BODIES = ['body', 'alternate', 'defaultBlock'] as const;
const STATEMENTS: ReadonlySet<string> = new Set(
  'Program Set If For Macro CallStatement FilterStatement Break Continue Comment StringLiteral'.split(' '),
);

/** Wraps expressions that stand for themselves: what they give is written as Python writes it. */
function markOutputs(node: JinjaNode): void {
  for (const part of BODIES) {
    const body = node[part];
    if (!Array.isArray(body)) continue;
    for (const [i, inner] of (body as JinjaNode[]).entries()) {
      if (STATEMENTS.has(inner.type)) markOutputs(inner);
      else {
        const wrapped = Object.create(Object.getPrototypeOf(inner) as object) as JinjaNode;
        body[i] = Object.assign(wrapped, { type: 'Output', value: inner });
      }
    }
  }
}
