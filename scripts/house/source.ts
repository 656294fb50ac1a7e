/**
 * Reads the repository and its syntax trees, for all checks of this folder.
 *
 * Files are parsed by Vite's parser, the one that builds the extension. Every check is a pure function of paths and
 * texts, so its test needs no files.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { parseSync } from 'vite';

/** One violation, with the advice that `npm run rooms` prints. */
export interface Breach {
  readonly file: string;
  readonly line: number;
  readonly what: string;
  readonly why: string;
  readonly instead: string;
}

/** Paths relative to the repository, with `/`, to their texts. A binary file has an empty text. */
export type House = ReadonlyMap<string, string>;

export interface ImportStatement {
  readonly from: string;
  readonly start: number;
  readonly onlyTypes: boolean;
}

/** A node of the syntax tree, as far as the checks look at it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export interface SourceComment {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

export interface ParsedSource {
  readonly program: SyntaxNode;
  readonly comments: readonly SourceComment[];
  readonly imports: readonly ImportStatement[];
  /** The text with comments, strings and JSX texts blanked, positions kept. */
  readonly code: string;
}

export const isCode = (file: string): boolean => /\.(ts|tsx|mjs)$/.test(file);

export const lineAt = (text: string, start: number): number => text.slice(0, start).split('\n').length;

/** The target of a relative import as a path of the repository. */
export function importTarget(file: string, from: string): string {
  return normalize(join(dirname(file), from.replace(/\?.*$/, '')));
}

const parsed = new Map<string, { text: string; source: ParsedSource }>();

/** Parses one file. Throws if it does not parse: the type check reports that better, but violations must not hide. */
export function parseSource(file: string, text: string): ParsedSource {
  const known = parsed.get(file);
  if (known?.text === text) return known.source;
  const source = parse(file, text);
  parsed.set(file, { text, source });
  return source;
}

function parse(file: string, text: string): ParsedSource {
  const { program, comments, module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const blanks: { start: number; end: number }[] = [...comments];
  const imports: ImportStatement[] = [];
  for (const { moduleRequest: to, entries, start } of module.staticImports) {
    const onlyTypes = entries.length > 0 && entries.every(({ isType }) => isType);
    imports.push({ from: to.value, start, onlyTypes });
  }
  for (const { entries, start } of module.staticExports) {
    const from = entries.find(({ moduleRequest }) => moduleRequest !== null)?.moduleRequest?.value;
    if (from !== undefined) imports.push({ from, start, onlyTypes: entries.every(({ isType }) => isType) });
  }
  const root = program as unknown as SyntaxNode;
  walk(root, (node) => {
    if (isText(node)) blanks.push(node);
    const found = importedBy(node);
    if (found !== undefined) imports.push(found);
  });
  return { program: root, comments, imports, code: blank(text, blanks) };
}

function isText({ type, value, regex }: SyntaxNode): boolean {
  if (type === 'Literal') return typeof value === 'string' || regex !== undefined;
  return type === 'TemplateElement' || type === 'JSXText';
}

/** `import('x')`, `typeof import('x')` and `new URL('./x', import.meta.url)`, which names a worker. */
function importedBy(node: SyntaxNode): ImportStatement | undefined {
  const { type, start } = node;
  let source: unknown;
  if (type === 'ImportExpression' || type === 'TSImportType') source = node.source;
  if (type === 'NewExpression' && (node.callee as SyntaxNode).name === 'URL') {
    const [first, second] = node.arguments as SyntaxNode[];
    if (second?.type === 'MemberExpression' && (second.object as SyntaxNode).type === 'MetaProperty') {
      // The URL of a folder or of data is no import; only the URL of code is.
      if (isCode(String(first?.value))) source = first;
    }
  }
  const from = (source as SyntaxNode | undefined)?.value;
  return typeof from === 'string' ? { from, start, onlyTypes: type === 'TSImportType' } : undefined;
}

export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && typeof child.type === 'string') walk(child, visit);
    }
  }
}

function blank(text: string, ranges: readonly { start: number; end: number }[]): string {
  let result = '';
  let at = 0;
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    if (start < at) continue;
    result += text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, ' ');
    at = end;
  }
  return result + text.slice(at);
}

const isTextFile = (file: string) =>
  /\.(ts|tsx|mjs|js|wgsl|css|html|json|md|py|sh|c|txt|csv|svg)$|(^|\/)(LICENSE|run|\.gitignore)$/.test(file);

/** All files of the repository: those of git, with new ones that it does not ignore; without git, all in the folder. */
export function readHouse(root: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const path of listFiles(root).sort()) {
    const full = join(root, path);
    // A file that was deleted but not yet committed is still in git's list.
    if (!statSync(full, { throwIfNoEntry: false })?.isFile()) continue;
    files.set(path, isTextFile(path) ? readFileSync(full, 'utf8') : '');
  }
  return files;
}

function listFiles(root: string): string[] {
  try {
    const options = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const listed = execFileSync('git', options, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return [...new Set(listed.split('\0').filter((path) => path !== ''))];
  } catch {
    return walkFolder(root, '');
  }
}

const skipped = new Set(['node_modules', '.git', '.output', '.wxt', '.cache', 'test-results', 'dist']);

function walkFolder(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return skipped.has(entry.name) ? [] : walkFolder(root, path);
  });
}
