/**
 * `npm run rooms`: holds the repository to its rules and prints every violation with the reason and the remedy.
 *
 * The rules of `rooms.ts` are checked here: imports between folders, access to the outside, length of files. Imports are
 * read from the syntax tree; access to the outside is searched in the code that remains when comments, strings and texts
 * are blanked. The other checks are in `house/`. {@link check} is a pure function of paths and texts, so its test needs
 * no files.
 */
import { fileURLToPath } from 'node:url';
import { houseChecks } from './house/checks.ts';
import type { Breach, House, ImportStatement } from './house/source.ts';
import { importTarget, isCode, lineAt, parseSource, readHouse } from './house/source.ts';
import type { Room } from './house/room.ts';
import { doors } from './rooms-doors.ts';
import { gpuTestImports, ladders, maximumLines, mayBeLonger, rooms, testImports } from './rooms.ts';

export function check(files: House): Breach[] {
  return [...files].filter(([file]) => hasRules(file)).flatMap(([file, text]) => checkFile(file, text));
}

/** Code, shaders and styles have rules; pictures, data and documents do not. */
const hasRules = (file: string) => /\.(ts|tsx|mjs|wgsl|css)$/.test(file);

function checkFile(file: string, text: string): Breach[] {
  const breaches: Breach[] = [];
  const report = (start: number, what: string, why: string, instead: string) => {
    breaches.push({ file, line: lineAt(text, start), what, why, instead });
  };
  checkLength(file, text, report);
  if (!isCode(file)) return breaches;
  const { code, imports } = parseSource(file, text);
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

function checkImport(file: string, { from, start }: ImportStatement, report: Report): void {
  if (!from.startsWith('.')) {
    if (from.startsWith('/')) report(start, `import of \`${from}\``, 'paths are relative', 'write ./ or ../');
    return;
  }
  const target = importTarget(file, from);
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

type Named = readonly [name: string, breaches: readonly Breach[]];

function print([name, breaches]: Named): void {
  for (const { file, line, what, why, instead } of breaches) {
    console.error(`${file}:${line}  ${what}\n  why:     ${why}\n  instead: ${instead}\n`);
  }
  console.log(`${name}: ${breaches.length} violations`);
}

/** `npm run rooms` runs all checks, `npm run rooms -- types links` only these. */
if (import.meta.main) {
  const house = readHouse(fileURLToPath(new URL('..', import.meta.url)));
  const chosen = process.argv.slice(2);
  const all = { rooms: check, ...houseChecks };
  const results: Named[] = Object.entries(all)
    .filter(([name]) => chosen.length === 0 || chosen.includes(name))
    .map(([name, run]) => [name, run(house)]);
  for (const result of results) print(result);
  const failing = results.filter(([, breaches]) => breaches.length > 0);
  console.log(`${house.size} files checked, ${failing.length} checks failed`);
  process.exitCode = failing.length === 0 ? 0 : 1;
}
