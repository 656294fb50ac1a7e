/**
 * What a model hub says of a repository's files besides their bytes: the SHA-256 of those that it keeps as large files.
 * It is in the repository's list of files (`/api/models/ORG/NAME/tree/REVISION`, the `lfs.oid` of an entry), and in the
 * header `X-Linked-Etag` of the file's own answer, which a browser sees only where that answer redirects nowhere.
 *
 * Source: https://huggingface.co/docs/hub/api. Nothing here is needed for an import: who is no hub publishes nothing.
 */
import { isObject } from './json.ts';

const SHA256 = /^[0-9a-f]{64}$/;

export interface HubFile {
  /** Address of the list of the folder that the file lies in. */
  readonly tree: string;
  /** As that list names it. */
  readonly path: string;
}

/** For addresses of the form `…/ORG/NAME/resolve/REVISION/PATH`, which hubs and their mirrors have. */
export function hubFile(url: string): HubFile | undefined {
  const found = /^(https?:\/\/[^/]+)\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/((?:[^/]+\/)*)([^/?#]+)$/.exec(url);
  if (found === null) return undefined;
  const [, host, repository, revision, folders = '', file = ''] = found;
  const tree = `${host}/api/models/${repository}/tree/${revision}/${folders}`.replace(/\/$/, '');
  return { tree, path: decodeURIComponent(folders + file) };
}

/** SHA-256 by path; what is no such list has none. */
export function treeHashes(list: unknown): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const entry of Array.isArray(list) ? list : []) {
    if (!isObject(entry) || typeof entry.path !== 'string' || !isObject(entry.lfs)) continue;
    const { oid } = entry.lfs;
    if (typeof oid === 'string' && SHA256.test(oid)) hashes.set(entry.path, oid);
  }
  return hashes;
}

/** The hash in a file's own answer. Small files have another kind of tag there. */
export function linkedHash(response: Response): string | undefined {
  const tag = response.headers.get('x-linked-etag')?.replaceAll('"', '') ?? '';
  return SHA256.test(tag) ? tag : undefined;
}
