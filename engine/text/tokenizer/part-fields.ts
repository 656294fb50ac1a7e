/** Reads the fields of a part of tokenizer.json. All errors are `tokenizer-damaged` and name the part. */
import { fail } from '../../base/errors.ts';
import { type FindAll, regexPattern, textPattern } from './pattern.ts';

/** An entry of tokenizer.json with a `type`. */
export type PartJson = Readonly<Record<string, unknown>>;

/** The fields of one part. `where`: its place, as `pre_tokenizer.pretokenizers[1]`. */
export class PartFields {
  readonly where: string;
  readonly type: string;
  readonly #json: PartJson;

  constructor(json: unknown, where: string) {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) wrongPart(where, 'an object', json);
    this.#json = json as PartJson;
    this.where = where;
    this.type =
      typeof this.#json.type === 'string'
        ? this.#json.type
        : wrongPart(`${where}.type`, 'a text', this.#json.type);
  }

  /** Throws for a field of another kind; `absent` stands for null too. */
  text(key: string, absent?: string): string {
    const value = this.#json[key] ?? absent;
    return typeof value === 'string' ? value : this.wrong(key, 'a text', value);
  }

  flag(key: string, absent: boolean): boolean {
    const value = this.#json[key] ?? absent;
    return typeof value === 'boolean' ? value : this.wrong(key, 'true or false', value);
  }

  count(key: string, absent?: number): number {
    const value = this.#json[key] ?? absent;
    const isCount = Number.isInteger(value) && (value as number) >= 0;
    return isCount ? (value as number) : this.wrong(key, 'a whole number', value);
  }

  /** One character. */
  char(key: string, absent?: string): string {
    const value = this.text(key, absent);
    return [...value].length === 1 ? value : this.wrong(key, 'one character', value);
  }

  /** One of `names`, in whatever case. */
  oneOf<T extends string>(key: string, names: readonly T[], absent?: T): T {
    const value = this.text(key, absent);
    const same = names.find((name) => name.toLowerCase() === value.toLowerCase());
    return same ?? this.wrong(key, names.join(', '), value);
  }

  list(key: string): readonly unknown[] {
    const value = this.#json[key];
    return Array.isArray(value) ? value : this.wrong(key, 'a list', value);
  }

  any(key: string): unknown {
    return this.#json[key];
  }

  /** `pattern`: `{ "String": … }` or `{ "Regex": … }`. */
  pattern(): FindAll {
    const value = this.#json.pattern;
    if (typeof value === 'string') return textPattern(value);
    const { String: text, Regex: regex } = (value ?? {}) as Record<string, unknown>;
    if (typeof text === 'string') return textPattern(text);
    if (typeof regex === 'string') return regexPattern(regex);
    return this.wrong('pattern', 'a text or a regular expression', value);
  }

  /** The parts in a list. */
  parts(key: string): PartFields[] {
    return this.list(key).map((part, i) => new PartFields(part, `${this.where}.${key}[${i}]`));
  }

  /** Throws: this type is not known. */
  unknown(kind: string, known: readonly string[]): never {
    return fail('tokenizer-damaged', {
      who: 'tokenizer.json',
      where: `${this.where}.type`,
      message: `this kind of ${kind} is unknown or not supported`,
      expected: known.join(', '),
      got: this.type.slice(0, 80),
    });
  }

  wrong(key: string, expected: string, got: unknown): never {
    return wrongPart(`${this.where}.${key}`, expected, got);
  }
}

/** Throws `tokenizer-damaged`. */
export function wrongPart(where: string, expected: string, got: unknown): never {
  return fail('tokenizer-damaged', {
    who: 'tokenizer.json',
    where,
    message: 'this part is damaged or of an unknown kind',
    expected,
    got: (JSON.stringify(got) ?? 'nothing').slice(0, 80),
  });
}
