/**
 * Finds the SHA-256 that a model hub publishes for files stored as large files. It is in the repository's list of files
 * (`/api/models/ORG/NAME/tree/REVISION`, the `lfs.oid` of an entry), and in the header `X-Linked-Etag` of the file's
 * response, which a browser shows only if that response is not a redirect.
 *
 * Source: https://huggingface.co/docs/hub/api. An import does not require hashes: other servers publish none.
 */
const SHA256 = /^[0-9a-f]{64}$/;

/** The entry of a file in a hub's list. */
export interface HubFile {
  /** Address of the list of the file's folder. */
  readonly tree: string;
  /** Path of the file in that list. */
  readonly path: string;
}

/** Parses `…/ORG/NAME/resolve/REVISION/PATH`, the form of hubs and their mirrors; undefined for other addresses. */
export function hubFile(url: string): HubFile | undefined {
  const found = /^(https?:\/\/[^/]+)\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/((?:[^/]+\/)*)([^/?#]+)$/.exec(url);
  if (found === null) return undefined;
  const [, host, repository, revision, folders = '', file = ''] = found;
  const tree = `${host}/api/models/${repository}/tree/${revision}/${folders}`.replace(/\/$/, '');
  return { tree, path: decodeURIComponent(folders + file) };
}

/** Returns the hash in a file's response; undefined for small files, whose tag is of another kind. */
export function linkedHash(response: Response): string | undefined {
  const tag = response.headers.get('x-linked-etag')?.replaceAll('"', '') ?? '';
  return SHA256.test(tag) ? tag : undefined;
}
