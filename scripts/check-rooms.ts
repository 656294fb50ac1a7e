/**
 * Holds the code to the house rules of `rooms.ts`: imports between rooms, doors to the outside, length of files.
 * `npm run rooms` prints every breach with what is wrong, why, and what to do instead.
 *
 * How: each file is parsed (Vite's parser, the one that builds the extension), imports are read from the
 * syntax tree, and doors are looked for in the code that remains when comments, strings and texts are
 * blanked. {@link check} is a pure function of paths and texts, so its test needs no files.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import type { Room } from './rooms.ts';
import { doors, gpuTestImports, ladders, maximumLines, mayBeLonger, rooms, testImports } from './rooms.ts';

export interface Breach {
  readonly file: string;
  readonly line: number;
  readonly what: string;
  readonly why: string;
  readonly instead: string;
}

interface Import {
  readonly from: string;
  readonly start: number;
}

/** @param files path relative to the repository, with `/`, to its text */
export function check(files: ReadonlyMap<string, string>): Breach[] {
  return [...files].flatMap(([file, text]) => checkFile(file, text));
}

function checkFile(file: string, text: string): Breach[] {
  const breaches: Breach[] = [];
  const report = (start: number, what: string, why: string, instead: string) => {
    breaches.push({ file, line: text.slice(0, start).split('\n').length, what, why, instead });
  };
  checkLength(file, text, report);
  if (!/\.(ts|tsx|mjs)$/.test(file)) return breaches;
  const { code, imports } = read(file, text);
  for (const one of imports) checkImport(file, one, report);
  for (const door of doors) {
    if (door.allowed.some((path) => within(file, path)) || isTest(file)) continue;
    const found = door.inImports
      ? imports
          .filter(({ from }) => door.pattern.test(from))
          .map(({ from, start }) => ({ start, said: from }))
      : [...code.matchAll(door.pattern)].map((match) => ({ start: match.index, said: match[0] }));
    for (const { start, said } of found) report(start, `\`${said}\` (${door.name})`, door.why, door.instead);
  }
  return breaches;
}

type Report = (start: number, what: string, why: string, instead: string) => void;

function checkLength(file: string, text: string, report: Report): void {
  const lines = text.split('\n').length - 1;
  if (lines <= maximumLines || mayBeLonger.some((pattern) => pattern.test(file))) return;
  const why = `a file longer than ${maximumLines} lines has two subjects`;
  report(text.length, `${lines} lines`, why, 'split it where its subject changes');
}

function checkImport(file: string, { from, start }: Import, report: Report): void {
  if (!from.startsWith('.')) {
    if (from.startsWith('/')) report(start, `import of \`${from}\``, 'paths are relative', 'write ./ or ../');
    return;
  }
  const target = normalize(join(dirname(file), from.replace(/\?.*$/, '')));
  const room = roomOf(file);
  const targetRoom = roomOf(target);
  if (room === targetRoom && room.path !== '') return;
  const allowed = [...room.imports, ...forTests(file, room)];
  if (allowed.includes(targetRoom.path) || allowed.includes(target)) return;
  report(
    start,
    `${name(room)} imports \`${target}\``,
    `${name(room)} may import ${allowed.length === 0 ? 'nothing' : allowed.join(', ')}`,
    room.instead,
  );
}

function forTests(file: string, room: Room): readonly string[] {
  if (!isTest(file)) return [];
  const below = ladders.flatMap((floors) => {
    const floor = floors.findIndex((paths) => paths.includes(room.path));
    return floor < 0 ? [] : floors.slice(floor + 1).flat();
  });
  return [...testImports, ...below, ...(file.endsWith('.gpu.test.ts') ? gpuTestImports : [])];
}

const isTest = (file: string) => /\.(test|spec)\.tsx?$/.test(file);

const name = (room: Room) => (room.path === '' ? 'the top folder' : room.path);

const within = (file: string, path: string) => path === '' || file === path || file.startsWith(`${path}/`);

function roomOf(file: string): Room {
  let best: Room | undefined;
  for (const room of rooms) {
    if (within(file, room.path) && (best === undefined || room.path.length > best.path.length)) best = room;
  }
  return best!;
}

/** A node of the syntax tree as far as we look at it. */
interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** The imports of a file, and its text with comments, strings and texts blanked, positions kept. */
function read(file: string, text: string): { code: string; imports: Import[] } {
  const { program, comments, module, errors } = parseSync(file, text);
  // A file that does not parse is for the type check to report; here it would only hide breaches.
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const blanks: { start: number; end: number }[] = [...comments];
  const imports: Import[] = [];
  for (const { moduleRequest: to, start } of module.staticImports) {
    imports.push({ from: to.value, start });
  }
  for (const { entries, start } of module.staticExports) {
    const from = entries.find(({ moduleRequest }) => moduleRequest !== null)?.moduleRequest?.value;
    if (from !== undefined) imports.push({ from, start });
  }
  walk(program as unknown as SyntaxNode, (node) => {
    if (isText(node)) blanks.push(node);
    const found = importedBy(node);
    if (found !== undefined) imports.push(found);
  });
  return { code: blank(text, blanks), imports };
}

function isText({ type, value, regex }: SyntaxNode): boolean {
  if (type === 'Literal') return typeof value === 'string' || regex !== undefined;
  return type === 'TemplateElement' || type === 'JSXText';
}

/** `import('x')`, `typeof import('x')` and `new URL('./x', import.meta.url)`, which is how workers are named. */
function importedBy(node: SyntaxNode): Import | undefined {
  const { type, start } = node;
  let source: unknown;
  if (type === 'ImportExpression' || type === 'TSImportType') source = node.source;
  if (type === 'NewExpression' && (node.callee as SyntaxNode).name === 'URL') {
    const [first, second] = node.arguments as SyntaxNode[];
    if (second?.type === 'MemberExpression' && (second.object as SyntaxNode).type === 'MetaProperty') {
      // A folder or a file that is read; only code counts as an import.
      if (/\.(ts|tsx|mjs)$/.test(String(first?.value))) source = first;
    }
  }
  const from = (source as SyntaxNode | undefined)?.value;
  return typeof from === 'string' ? { from, start } : undefined;
}

function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
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

const skipped = new Set(['node_modules', '.git', '.output', '.wxt', '.cache', 'test-results', 'docs', 'dist']);

/** Every file of the house that has a room or a length. */
export function readHouse(root: string): Map<string, string> {
  const files = new Map<string, string>();
  const visit = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !skipped.has(entry.name)) visit(path);
      else if (/\.(ts|tsx|mjs|wgsl|css)$/.test(entry.name))
        files.set(path, readFileSync(join(root, path), 'utf8'));
    }
  };
  visit('');
  return files;
}

if (import.meta.main) {
  const house = readHouse(fileURLToPath(new URL('..', import.meta.url)));
  const breaches = check(house);
  for (const { file, line, what, why, instead } of breaches) {
    console.error(`${file}:${line}  ${what}\n  why:     ${why}\n  instead: ${instead}\n`);
  }
  console.log(`rooms: ${house.size} files, ${breaches.length} breaches`);
  process.exitCode = breaches.length === 0 ? 0 : 1;
}
