/**
 * Finds the SHA-256 that a model hub publishes for files stored as large files. It is in the repository's list of files
 * (`/api/models/ORG/NAME/tree/REVISION`, the `lfs.oid` of an entry), and in the header `X-Linked-Etag` of the file's
 * response, which a browser shows only if that response is not a redirect. ModelScope has it in its list, as `Sha256`.
 *
 * Source: https://huggingface.co/docs/hub/api. An import does not require hashes: other servers publish none.
 */
import { siteOf } from './hub/hub-sites.ts';

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
  const { origin, pathname } = new URL(url);
  const site = /^https?:/.test(url) ? siteOf(new URL(url)) : undefined;
  if (site === undefined || !pathname.startsWith(`${site.models}/`)) return undefined;
  const found = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/((?:[^/]+\/)*)([^/]+)$/.exec(
    pathname.slice(site.models.length),
  );
  if (found === null) return undefined;
  const [, id = '', revision = '', folders = '', file = ''] = found;
  const place = { origin, id, revision: decodeURIComponent(revision), folder: decodeURIComponent(folders) };
  return { tree: site.list(place, false), path: decodeURIComponent(folders + file) };
}

/** Returns the hash in a file's response; undefined for small files, whose tag is of another kind. */
export function linkedHash(response: Response): string | undefined {
  const tag = response.headers.get('x-linked-etag')?.replaceAll('"', '') ?? '';
  return SHA256.test(tag) ? tag : undefined;
}
