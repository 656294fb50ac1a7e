/**
 * Reads a kernel's WGSL text, so that nothing is declared twice: the fields of `struct Params` and their offsets in the
 * uniform buffer, the bindings and their access, the header lines.
 *
 * Not a WGSL parser: it accepts the few forms that `wgsl/` uses and refuses others.
 */
import { fail } from '../base/errors.ts';

export type ParamType = 'u32' | 'i32' | 'f32';

export interface ParamField {
  readonly name: string;
  readonly type: ParamType;
  /** In bytes. */
  readonly offset: number;
}

export interface ParamLayout {
  readonly fields: readonly ParamField[];
  /** In bytes, a multiple of 16. */
  readonly size: number;
}

export type Access = 'uniform' | 'read' | 'read_write';

export interface ShaderBinding {
  readonly binding: number;
  readonly name: string;
  readonly access: Access;
}

export function parseParams(code: string, who: string): ParamLayout {
  const body = /struct Params \{([^}]*)\}/.exec(code)?.[1];
  if (body === undefined) broken(who, 'struct Params', 'nothing');
  const lines = body
    .split('\n')
    .map((line) => line.replace(/\/\/.*/, '').trim())
    .filter((line) => line !== '');
  const fields = lines.map((line, i): ParamField => {
    const [, name, type] = /^(\w+): (u32|i32|f32),$/.exec(line) ?? [];
    if (name === undefined) broken(who, '`name: u32|i32|f32,` in struct Params', line);
    return { name, type: type as ParamType, offset: i * 4 };
  });
  return { fields, size: Math.ceil((fields.length * 4) / 16) * 16 };
}

const BINDING = /@group\(0\) @binding\((\d+)\) var<(uniform|storage, read|storage, read_write)> (\w+):/g;

/** Sorted by binding number. Throws when two variables share one. */
export function parseBindings(code: string, who: string): ShaderBinding[] {
  const found = [...code.matchAll(BINDING)].map(([, binding, access, name]) => ({
    binding: Number(binding),
    name: name as string,
    access: (access as string).replace('storage, ', '') as Access,
  }));
  if (found.length !== code.split('@binding(').length - 1)
    broken(who, 'bindings of group 0 on one line', 'others');
  found.sort((a, b) => a.binding - b.binding);
  if (new Set(found.map((b) => b.binding)).size !== found.length)
    broken(who, 'one variable a binding', 'two');
  return found;
}

/** Replaces the value of header lines `alias Name = …;` and `const NAME: type = …;`; each must occur exactly once. */
export function withHeader(code: string, header: Readonly<Record<string, string>>, who: string): string {
  return Object.entries(header).reduce((text, [name, value]) => {
    const line = new RegExp(`^(alias ${name}|const ${name}: \\w+) = [^;]*;`, 'gm');
    const count = text.match(line)?.length ?? 0;
    if (count !== 1) broken(who, `one header line ${name}`, String(count));
    return text.replace(line, `$1 = ${value};`);
  }, code);
}

function broken(who: string, expected: string, got: string): never {
  fail('internal', {
    who: `kernel ${who}`,
    message: 'the form of the shader is not supported',
    expected,
    got,
  });
}
