/** One meaning per exported type name: an interface, type, class or enum is declared in one file only. */
import type { Breach, House, SyntaxNode } from './source.ts';
import { isCode, lineAt, parseSource } from './source.ts';

interface Declaration {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

const kinds = new Set([
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'ClassDeclaration',
  'TSEnumDeclaration',
]);

export function checkUniqueTypes(house: House): Breach[] {
  const byName = new Map<string, Declaration[]>();
  for (const [file, text] of house) {
    if (!isCode(file) || file.endsWith('.mjs') || file.endsWith('.d.ts')) continue;
    for (const { name, start } of exportedTypes(parseSource(file, text).program)) {
      const all = byName.get(name) ?? [];
      byName.set(name, all);
      if (!all.some((other) => other.file === file)) all.push({ name, file, line: lineAt(text, start) });
    }
  }
  return [...byName.values()].filter((all) => all.length > 1).flatMap(breachesOf);
}

function breachesOf(all: readonly Declaration[]): Breach[] {
  return all.map(({ name, file, line }) => {
    const others = all.filter((other) => other.file !== file).map((other) => `${other.file}:${other.line}`);
    return {
      file,
      line,
      what: `exported type \`${name}\` is also declared in ${others.join(', ')}`,
      why: 'a reader looks a type up by its name, so each name has one meaning',
      instead: 'rename one by its meaning there, or import the other if they mean the same',
    };
  });
}

/** Declared and exported here; a re-export (`export … from`) is no declaration. */
function exportedTypes(program: SyntaxNode): { name: string; start: number }[] {
  const found: { name: string; start: number }[] = [];
  const local = new Map<string, number>();
  const later: string[] = [];
  for (const node of program.body as SyntaxNode[]) {
    const exported = node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration';
    const declaration = (exported ? node.declaration : node) as SyntaxNode | null;
    if (declaration !== null && kinds.has(declaration.type) && declaration.id !== null) {
      const name = (declaration.id as SyntaxNode).name as string;
      local.set(name, declaration.start);
      if (exported) found.push({ name, start: declaration.start });
    } else if (node.type === 'ExportNamedDeclaration' && node.source === null) {
      for (const { local: inside } of node.specifiers as { local: SyntaxNode }[])
        later.push(inside.name as string);
    }
  }
  for (const name of later) {
    const start = local.get(name);
    if (start !== undefined) found.push({ name, start });
  }
  return found;
}
