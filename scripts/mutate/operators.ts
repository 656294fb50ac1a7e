/** The changes that `npm run mutate` makes to a file, each alone: small faults that a test should notice. */
import type { SyntaxNode } from '../house/source.ts';
import { lineAt, parseSource } from '../house/source.ts';

export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** The piece of the file from `start` to `end` (UTF-16 units) becomes `replacement`. */
  readonly start: number;
  readonly end: number;
  readonly original: string;
  readonly replacement: string;
}

const swapped: Readonly<Record<string, string>> = {
  '&&': '||',
  '||': '&&',
  '>': '>=',
  '>=': '>',
  '<': '<=',
  '<=': '<',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
};

/** Wrappers of an expression that exist only for types; below every other node of a type there is nothing that runs. */
const transparent = new Set(['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression']);

type Change = (start: number, end: number, replacement: string) => void;

export function mutantsOf(file: string, text: string): Mutant[] {
  const found: Mutant[] = [];
  const change: Change = (start, end, replacement) => {
    const original = text.slice(start, end);
    if (original !== replacement) {
      found.push({ file, line: lineAt(text, start), start, end, original, replacement });
    }
  };
  visit(parseSource(file, text).program, text, change);
  return found.sort((a, b) => a.start - b.start);
}

export function mutated(text: string, { start, end, replacement }: Mutant): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

function visit(node: SyntaxNode, text: string, change: Change): void {
  const { type } = node;
  if (type === 'ImportDeclaration' || (type.startsWith('TS') && !transparent.has(type))) return;
  mutate(node, text, change);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && typeof child.type === 'string') {
        visit(child as SyntaxNode, text, change);
      }
    }
  }
}

function mutate(node: SyntaxNode, text: string, change: Change): void {
  switch (node.type) {
    case 'IfStatement':
    case 'WhileStatement':
    case 'ConditionalExpression':
      negate(node.test as SyntaxNode, text, change);
      break;
    case 'LogicalExpression':
    case 'BinaryExpression':
      swapOperator(node, text, change);
      break;
    case 'Literal':
      if (typeof node.value === 'boolean') change(node.start, node.end, `${!node.value}`);
      if (typeof node.value === 'number') change(node.start, node.end, otherNumber(node.value));
      break;
    case 'ReturnStatement':
      answer(node.argument as SyntaxNode | null, change);
      break;
    case 'ExpressionStatement':
      drop(node, change);
      break;
  }
}

function negate(test: SyntaxNode, text: string, change: Change): void {
  change(test.start, test.end, `!(${text.slice(test.start, test.end)})`);
}

function swapOperator(node: SyntaxNode, text: string, change: Change): void {
  const operator = node.operator as string;
  const other = swapped[operator];
  if (other === undefined) return;
  // Between the operands there may be comments and brackets too.
  const from = (node.left as SyntaxNode).end;
  const at = text.indexOf(operator, from);
  if (at >= from && at < (node.right as SyntaxNode).start) change(at, at + operator.length, other);
}

const otherNumber = (value: number) => (value === 1 ? '0' : `${value + 1}`);

/** A returned boolean expression becomes true, and false. */
function answer(argument: SyntaxNode | null, change: Change): void {
  if (argument === null) return;
  const { type, operator } = argument;
  const isTruth =
    (type === 'LogicalExpression' && operator !== '??') ||
    (type === 'UnaryExpression' && operator === '!') ||
    (type === 'BinaryExpression' && /^([<>]=?|[!=]==?|in|instanceof)$/.test(operator as string));
  if (!isTruth) return;
  change(argument.start, argument.end, 'true');
  change(argument.start, argument.end, 'false');
}

/** Drops a statement that is a call or an assignment, but not `super()`. */
function drop(node: SyntaxNode, change: Change): void {
  const { type, callee } = node.expression as SyntaxNode;
  if (type === 'Literal' || (callee as SyntaxNode | undefined)?.type === 'Super') return;
  change(node.start, node.end, ';');
}
