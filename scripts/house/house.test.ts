/** The checks of this folder on small made-up repositories. */
import { expect, test } from 'vitest';
import { checkCycles } from './cycles.ts';
import { checkFolders } from './folders.ts';
import { anchors, checkLinks } from './links.ts';
import { checkNamedFiles } from './named-files.ts';
import { checkProductWords } from './product-words.ts';
import type { Breach, House } from './source.ts';
import { checkUniqueTypes } from './unique-types.ts';

const found = (check: (house: House) => Breach[], files: Record<string, string>) =>
  check(new Map(Object.entries(files))).map(({ file, line, what }) => `${file}:${line} ${what}`);

test('an exported type name is declared once', () => {
  const files = {
    'a.ts': '\nexport interface Place { x: 1 }\nexport function only() {}',
    'b.ts': 'type Place = 2;\nexport type { Place };\nexport function only() {}',
    'c.ts': "export type { Place } from './a.ts';\nexport { type Place as Other } from './b.ts';",
    'd.ts': 'type Place = 3;',
    'e.ts': 'export class Pace {}\nexport class Pace2 {}',
  };
  expect(found(checkUniqueTypes, files)).toEqual([
    'a.ts:2 exported type `Place` is also declared in b.ts:1',
    'b.ts:1 exported type `Place` is also declared in a.ts:2',
  ]);
});

test('overloads and merged declarations of one file are one declaration', () => {
  const files = { 'a.ts': 'export interface A { x: 1 }\nexport interface A { y: 1 }' };
  expect(found(checkUniqueTypes, files)).toEqual([]);
});

test('a folder has no more than 20 files directly in it, of any kind', () => {
  const many = (folder: string, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/${i}.png`, '']));
  const files = { ...many('a', 20), ...many('a/b', 21), 'c.md': '' };
  expect(found(checkFolders, files)).toEqual(['a/b:1 21 files in one folder']);
});

test('import cycles are found, through types, re-exports and dynamic imports too', () => {
  const files = {
    'a.ts': "\nimport type { B } from './b.ts';",
    'b.ts': "export { c } from './c.ts';",
    'c.ts': "await import('./a.ts');",
    'd.ts': "import './a.ts';",
    'e.ts': "import './e.ts';",
  };
  expect(found(checkCycles, files)).toEqual([
    'a.ts:2 import cycle: a.ts → b.ts → c.ts → a.ts',
    'e.ts:1 import cycle: e.ts → e.ts',
  ]);
});

test('the shortest of several cycles is shown, with the size of the knot', () => {
  const files = {
    'a.ts': "import './b.ts'; import './c.ts';",
    'b.ts': "import './c.ts';",
    'c.ts': "import './a.ts';",
  };
  expect(found(checkCycles, files)).toEqual([
    'a.ts:1 import cycle: a.ts → c.ts → a.ts (3 files are in cycles with each other)',
  ]);
});

test('comments and documents name files that exist', () => {
  const files = {
    'engine/quant/m0e4.ts':
      '// like `q8.ts`, ./q8.ts, quant/q8.ts and engine/quant/q8.ts; strings do not count\n"no.ts";',
    'engine/quant/q8.ts':
      '/**\n * As gone.ts has it; config.json, foo.ts, `modeling_llama.py`, https://a.b/c.ts, *.test.ts do not count.\n */',
    'wgsl/a.wgsl': 'let x = 1; // gone.wgsl',
    'docs/A.md': '`../engine/gone.ts`\n[x](../engine/quant/q8.ts) e2e/*.spec.ts',
    'CHANGELOG.md': 'gone.ts',
    'style.css': 'a { b: c } /* see gone.css */',
  };
  expect(found(checkNamedFiles, files)).toEqual([
    'engine/quant/q8.ts:2 `gone.ts` does not exist',
    'wgsl/a.wgsl:1 `gone.wgsl` does not exist',
    'docs/A.md:1 `../engine/gone.ts` does not exist',
    'style.css:1 `gone.css` does not exist',
  ]);
});

test('links and anchors of documents lead somewhere', () => {
  const files = {
    'README.md': [
      '# Set up & run',
      '[a](docs/A.md#the-words) [b](docs/A.md#gone) [c](docs/) [d](#set-up--run) [e](gone.md)',
      '`[code](gone.md)` [f](https://a.b/c) <img src="docs/x.png"> <img src="docs/y.png">',
      '```\n[code](gone.md)\n```',
    ].join('\n'),
    'docs/A.md': '## The `words`\n[up](../README.md)\n[ref]: ../gone.md',
    'docs/x.png': '',
  };
  expect(found(checkLinks, files)).toEqual([
    'README.md:2 link to `docs/A.md#gone`: docs/A.md has no heading with that anchor',
    'README.md:2 link to `gone.md`: there is no gone.md',
    'README.md:3 link to `docs/y.png`: there is no docs/y.png',
    'docs/A.md:3 link to `../gone.md`: there is no gone.md',
  ]);
});

test('repeated headings have numbered anchors', () => {
  expect([...anchors('# A b\n# A b\n## [C](x.md) `d`, é')]).toEqual(['a-b', 'a-b-1', 'c-d-é']);
});

test('the engine does not know the product', () => {
  const files = {
    'engine/linnet.ts': '',
    'engine/a.ts': 'throw new EngineError();\n// a file extension; the extension',
    'wgsl/a.wgsl': '// Models page',
    'app/a.ts': '// the popup of Linnet',
  };
  expect(found(checkProductWords, files)).toEqual([
    'engine/linnet.ts:1 `linnet` is a word of the product',
    'engine/a.ts:2 `extension` is a word of the product',
    'wgsl/a.wgsl:1 `Models page` is a word of the product',
  ]);
});
