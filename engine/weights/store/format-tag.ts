/**
 * The tag that begins a file on disk: what kind of file it is, and the version of its form. Any producer's name before the
 * kind is accepted, since earlier versions wrote another one.
 */
export type FileKind = 'store' | 'import' | 'prefix';

export const formatTag = (kind: FileKind, version = 1): string => `model-${kind}/${version}`;

export function hasFormat(tag: unknown, kind: FileKind, version = 1): boolean {
  return typeof tag === 'string' && new RegExp(`^[a-z0-9]+-${kind}/${version}$`).test(tag);
}
