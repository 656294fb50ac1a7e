import type * as v from 'valibot';
import { expect, it } from 'vitest';
import type { FilesMessage } from '../files.ts';
import type { RequestKind, Send } from '../requests.ts';
import type { Settings } from '../types.ts';
import type { filesMessage, requestSchemas, webPageSchemas } from './request-schemas.ts';
import type { settingFields } from './settings-schema.ts';

/** Without `readonly` as the only difference, and with intersections as one object. */
type Plain<T> = T extends readonly (infer E)[]
  ? readonly Plain<E>[]
  : T extends File
    ? T
    : T extends object
      ? [keyof T] extends [never]
        ? 'no fields'
        : { readonly [K in keyof T]: Plain<T[K]> }
      : T;
type Identical<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type SameType<A, B> = Identical<Plain<A>, Plain<B>>;
type Differing<T> = { [K in keyof T]: T[K] extends true ? never : K }[keyof T];

type Requests = {
  [K in RequestKind]: SameType<v.InferOutput<(typeof requestSchemas)[K]>, Send<K>>;
};
type Stored = {
  [K in keyof Settings]-?: SameType<v.InferOutput<(typeof settingFields)[K]>, Settings[K]>;
};
type Narrower = {
  [K in keyof typeof webPageSchemas]: v.InferOutput<(typeof webPageSchemas)[K]> extends Send<K>
    ? true
    : false;
};

/** The compiler is the test: it asks here for a property by the name of what differs. */
const differing: Record<
  | Differing<Requests>
  | Differing<Stored>
  | Differing<Narrower>
  | Differing<{ files: SameType<v.InferOutput<typeof filesMessage>, FilesMessage> }>,
  never
> = {};

it('is exactly the type of the request, the setting or the message', () => {
  expect(differing).toEqual({});
});
