/**
 * Interprets chat templates with budgets. A template is a program that comes with a model: it may loop, recurse, and
 * double a text forty times. Each node that is evaluated is a step, each text and list that is read or made costs its
 * size, and above a budget the interpreter throws `model-limit`.
 *
 * The interpreter (`jinja/python-interpreter.ts`) evaluates every node by one method, which is wrapped here. Where an operation does more than its operands
 * are long (`template-prices.ts`), it is paid for before it runs: its operands are evaluated first, and the library gets
 * them as nodes that hold a value.
 */
import { Environment } from '@huggingface/jinja';
import { fail } from '../base/errors.ts';
import { withPlace } from './jinja/place.ts';
import {
  type JinjaNode,
  type ParsedTemplate,
  parseTemplate,
  PythonInterpreter,
  type TemplateNode,
} from './jinja/python-interpreter.ts';
import {
  containerSize,
  type JinjaValue,
  type Pay,
  priceFilter,
  priceMethod,
  priceOperator,
  priceSlice,
  treeSize,
} from './template-prices.ts';

type Evaluation = ReturnType<PythonInterpreter['evaluate']>;

/** Limits of one rendering. Published templates need at most a tenth for the same dialogue. */
export const TEMPLATE_LIMITS = {
  /** UTF-16 units of a template; the longest of 55 published ones has 17,000. */
  source: 262_144,
  /** Blanks in a row. Parsing them takes the square of their number. */
  blanks: 2000,
  /** Nodes inside one another. */
  depth: 250,
  /** Nodes evaluated: in all, and more for each message. */
  steps: 200_000,
  stepsPerMessage: 5000,
  /**
   * Units and items read or made: in all, and more for each unit of the dialogue, and for each unit and message: a
   * template may collect the dialogue in a variable, and so read all of it for each message.
   */
  size: 4_000_000,
  sizePerUnit: 200,
  sizePerUnitAndMessage: 10,
} as const;

/** Nodes evaluated, and units and items read or made. */
export interface TemplateCost {
  readonly steps: number;
  readonly size: number;
}

export interface BudgetedTemplate {
  /** Cost of the last rendering. */
  readonly cost: TemplateCost;
  /**
   * `variables`: plain values and functions. `messages` and `units` (UTF-16) of the dialogue set the budget. Throws
   * `model-limit`, what a function throws, and the library's error where the template cannot run, both with their place.
   */
  render(variables: Readonly<Record<string, unknown>>, messages: number, units: number): string;
}

/** Parses a template. Throws `model-limit`, and the library's error, with its place, where it cannot be parsed. */
export function budgetedTemplate(source: string): BudgetedTemplate {
  const { source: most, blanks } = TEMPLATE_LIMITS;
  if (source.length > most) overBudget(`at most ${most} characters`, source.length);
  let longest = 0;
  for (const [run] of source.matchAll(/\s+/g)) longest = Math.max(longest, run.length);
  if (longest > blanks) overBudget(`at most ${blanks} blanks in a row`, longest);
  const parsed = parseTemplate(source);
  let cost: TemplateCost = { steps: 0, size: 0 };
  return {
    get cost() {
      return cost;
    },
    render(variables, messages, units) {
      const { size, sizePerUnit, sizePerUnitAndMessage } = TEMPLATE_LIMITS;
      const interpreter = new BudgetedInterpreter({
        steps: TEMPLATE_LIMITS.steps + TEMPLATE_LIMITS.stepsPerMessage * messages,
        size: size + (sizePerUnit + sizePerUnitAndMessage * messages) * units,
      });
      const constants = { true: true, True: true, false: false, False: false, none: null, None: null };
      const functions = {
        range: rangeWith(interpreter.pay),
        strftime_now: (format: unknown) => date(format),
      };
      const all = { ...constants, ...functions, ...variables };
      for (const [name, value] of Object.entries(all)) interpreter.global.set(name, value);
      try {
        return String(interpreter.run(asProgram(parsed)).value);
      } catch (error) {
        throw withPlace(error, interpreter.failed && parsed.placeOf(interpreter.failed));
      } finally {
        cost = interpreter.cost;
      }
    },
  };
}

const asProgram = ({ program }: ParsedTemplate) =>
  program as unknown as Parameters<PythonInterpreter['run']>[0];

/** What looking through a node of the template takes. */
const NODE_PRICE = 8;
/** Statements and calls, which may write out the value of a node directly inside of them. */
const WRITERS: ReadonlySet<string> = new Set([
  'Program',
  'Output',
  'If',
  'For',
  'Set',
  'CallExpression',
  'CallStatement',
]);
/** Statements that have a tag of their own. */
const TAGGED: ReadonlySet<string> = new Set(
  'Output Set If For Macro CallStatement FilterStatement Break Continue'.split(' '),
);
const PRICED_OPERATORS: ReadonlySet<unknown> = new Set([
  ...['+', '*', '%', '~', '==', '!='],
  ...['<', '>', '<=', '>=', 'in', 'not in'],
]);

class BudgetedInterpreter extends PythonInterpreter {
  readonly #limit: TemplateCost;
  #steps = 0;
  #size = 0;
  #depth = 0;
  #parent = 'Program';
  #failed: JinjaNode | undefined;
  #thrown: unknown;

  constructor(limit: TemplateCost) {
    super(new Environment());
    this.#limit = limit;
  }

  get cost(): TemplateCost {
    return { steps: this.#steps, size: this.#size };
  }

  /** The innermost statement that threw. */
  get failed(): JinjaNode | undefined {
    return this.#failed;
  }

  readonly pay: Pay = (size) => {
    this.#size += size;
    if (!(this.#size <= this.#limit.size)) {
      overBudget(`at most ${this.#limit.size} characters and items read or made`, 'more');
    }
  };

  override evaluate(statement: TemplateNode, scope: Environment): Evaluation {
    if (statement === undefined) return super.evaluate(statement, scope);
    const node = statement as unknown as JinjaNode;
    if (node.type === 'Evaluated') return node.value as Evaluation;
    if (++this.#steps > this.#limit.steps) overBudget(`at most ${this.#limit.steps} steps`, 'more');
    const parent = this.#parent;
    this.#parent = node.type;
    try {
      if (++this.#depth > TEMPLATE_LIMITS.depth)
        overBudget(`at most ${TEMPLATE_LIMITS.depth} levels`, 'more');
      const ready = this.#paid(node, scope);
      const value = super.evaluate(ready as unknown as TemplateNode, scope);
      if (value === undefined) return value;
      if (WRITERS.has(parent)) treeSize(value, this.pay);
      else this.pay(containerSize(value));
      return ready.type === 'MemberExpression' ? this.#paying(value, ready) : value;
    } catch (error) {
      // `break` and `continue` are thrown too; what follows them is evaluated, and overwrites this.
      if (TAGGED.has(node.type) && this.#thrown !== error) {
        this.#thrown = error;
        this.#failed = node;
      }
      throw error;
    } finally {
      this.#depth--;
      this.#parent = parent;
    }
  }

  /** The node with its operands evaluated, where what it does with them has a price, which is paid. */
  #paid(node: JinjaNode, scope: Environment): JinjaNode {
    switch (node.type) {
      case 'FilterStatement': {
        const operand = this.#evaluated({ type: 'Program', body: node.body }, scope);
        return this.#paid({ type: 'FilterExpression', operand, filter: node.filter }, scope);
      }
      case 'FilterExpression': {
        const operand = this.#evaluated(node.operand, scope);
        const filter = this.#withArguments(node.filter as JinjaNode, scope);
        const args = (filter.args ?? []) as readonly JinjaNode[];
        priceFilter(nameOf(filter), operand.value, args.flatMap(valuesOf), this.pay);
        return { ...node, operand, filter };
      }
      case 'BinaryExpression': {
        const operator = (node.operator as { readonly value?: unknown }).value;
        if (!PRICED_OPERATORS.has(operator)) return node;
        const left = this.#evaluated(node.left, scope);
        const right = this.#evaluated(node.right, scope);
        priceOperator(operator, left.value, right.value, this.pay);
        return { ...node, left, right };
      }
      case 'MemberExpression': {
        const object = this.#evaluated(node.object, scope);
        if ((node.property as JinjaNode).type === 'SliceExpression') priceSlice(object.value, this.pay);
        return { ...node, object };
      }
      case 'For': {
        const source = node.iterable as JinjaNode;
        const isSelect = source.type === 'SelectExpression';
        const items = this.#evaluated(isSelect ? source.lhs : source, scope);
        this.pay(NODE_PRICE * containerSize(items.value));
        return { ...node, iterable: isSelect ? { ...source, lhs: items } : items };
      }
      case 'Macro':
      case 'CallStatement':
        // The library looks through the whole body each time.
        this.pay(NODE_PRICE * nodeCount(node));
        return node;
      default:
        return node;
    }
  }

  #evaluated(node: unknown, scope: Environment): JinjaNode & { readonly value: JinjaValue } {
    return { type: 'Evaluated', value: this.evaluate(node as TemplateNode, scope) };
  }

  /** A filter with evaluated arguments. */
  #withArguments(filter: JinjaNode, scope: Environment): JinjaNode {
    if (filter.type !== 'CallExpression') return filter;
    const args = (filter.args as readonly JinjaNode[]).map((arg): JinjaNode => {
      if (arg.type === 'KeywordArgumentExpression')
        return { ...arg, value: this.#evaluated(arg.value, scope) };
      if (arg.type.includes('Spread')) return { ...arg, argument: this.#evaluated(arg.argument, scope) };
      return this.#evaluated(arg, scope);
    });
    return { ...filter, args };
  }

  /** A method that pays before it runs, however it is called. */
  #paying(value: Evaluation, { object, property }: JinjaNode): Evaluation {
    if (value.type !== 'FunctionValue') return value;
    const owner = (object as { readonly value: JinjaValue }).value;
    const name = String((property as { readonly value?: unknown }).value);
    const run = value.value as (args: JinjaValue[], scope: Environment) => unknown;
    const paying = (args: JinjaValue[], scope: Environment) => {
      priceMethod(name, owner, args.flatMap(textsOf), this.pay);
      return run(args, scope);
    };
    return Object.assign(Object.create(Object.getPrototypeOf(value) as object) as Evaluation, value, {
      value: paying,
    });
  }
}

function nameOf(filter: JinjaNode): string {
  return String(filter.type === 'CallExpression' ? (filter.callee as JinjaNode).value : filter.value);
}

/** The values of an argument that was evaluated, with those inside of one that is spread. */
function valuesOf(arg: JinjaNode): JinjaValue[] {
  if (arg.type === 'Evaluated') return [arg.value as JinjaValue];
  const inner = (arg.type === 'KeywordArgumentExpression' ? arg.value : arg.argument) as
    | JinjaNode
    | undefined;
  return inner === undefined ? [] : textsOf(inner.value as JinjaValue);
}

/** The value, and the items of a list and the entries of an object, for arguments given by name or spread. */
function textsOf(value: JinjaValue): JinjaValue[] {
  if (Array.isArray(value.value)) return [value, ...(value.value as JinjaValue[])];
  return value.value instanceof Map ? [value, ...(value.value.values() as Iterable<JinjaValue>)] : [value];
}

function nodeCount(node: unknown): number {
  let count = 0;
  const left: unknown[] = [node];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    if (typeof at !== 'object' || at === null) continue;
    count++;
    for (const part of at instanceof Map ? at.entries() : Object.values(at)) left.push(part);
  }
  return count;
}

/** Python's `range`, paid for before it is made. */
function rangeWith(pay: Pay) {
  return (first: unknown, second?: unknown, third?: unknown): number[] => {
    const [start, stop] = typeof second === 'number' ? [Number(first), second] : [0, Number(first)];
    const step = typeof third === 'number' ? third : 1;
    const count = Math.max(0, Math.ceil((stop - start) / step));
    if (!Number.isInteger(step) || step === 0) throw new Error('range() needs a step other than 0');
    pay(64 * count);
    return Array.from({ length: count }, (_, i) => start + i * step);
  };
}

/** The present date in the fields of `strftime` that templates use. */
function date(format: unknown): string {
  const now = new Date();
  const two = (n: number) => String(n).padStart(2, '0');
  const month = (style: 'long' | 'short') => now.toLocaleString('en', { month: style });
  const weekday = (style: 'long' | 'short') => now.toLocaleString('en', { weekday: style });
  const hour = () => now.getHours() % 12 || 12;
  const fields: Readonly<Record<string, () => string>> = {
    '%Y': () => String(now.getFullYear()),
    '%m': () => two(now.getMonth() + 1),
    '%d': () => two(now.getDate()),
    '%b': () => month('short'),
    '%B': () => month('long'),
    '%H': () => two(now.getHours()),
    '%y': () => two(now.getFullYear() % 100),
    '%-d': () => String(now.getDate()),
    '%-m': () => String(now.getMonth() + 1),
    '%e': () => String(now.getDate()).padStart(2),
    '%a': () => weekday('short'),
    '%A': () => weekday('long'),
    '%I': () => two(hour()),
    '%p': () => (now.getHours() < 12 ? 'AM' : 'PM'),
    '%M': () => two(now.getMinutes()),
    '%S': () => two(now.getSeconds()),
    '%%': () => '%',
  };
  return String(format).replace(/%-?[a-zA-Z%]/g, (field) => fields[field]?.() ?? field);
}

function overBudget(expected: string, got: string | number): never {
  fail('model-limit', {
    who: 'chat template',
    message: 'the template does far more than any known one',
    expected,
    got,
  });
}
