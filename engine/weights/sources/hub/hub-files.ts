/** Asks a hub for the list of files of a repository, and for its branches and tags. */
import { concatBytes } from '../../../base/bytes.ts';
import { EngineError } from '../../../base/errors.ts';
import { body } from '../http-body.ts';
import { type Connection, patiently, request } from '../http-request.ts';
import { isObject, measureJson } from '../json.ts';
import { decide, type ModelAddress, type RepositoryAddress } from './model-address.ts';

/** A file in a hub's list. */
export interface ListedFile {
  /** In the repository. */
  readonly path: string;
  readonly bytes: number;
  /** Published for large files. */
  readonly sha256?: string;
}

const SHA256 = /^[0-9a-f]{64}$/;
/** Milliseconds for the whole list. */
const LIST_MS = 20_000;
/** Bytes of one page of a list; the hub's have a thousand entries. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_PAGES = 20;

/** What a hub says that a second try would not change. */
const FINAL = ['source-gated', 'source-not-found', 'source-token', 'source-forbidden', 'source-cancelled'];

/**
 * Lists the files at `url`, page after page. Undefined where the server has no list. Throws what the hub refuses by name
 * (`refusals.ts`), and `source-cancelled`.
 */
export async function listFiles(
  url: string,
  connection: Connection,
  signal?: AbortSignal,
): Promise<readonly ListedFile[] | undefined> {
  const all: ListedFile[] = [];
  let next: string | undefined = url;
  for (let page = 0; next !== undefined && page < MAX_PAGES; page++) {
    const answer = await readJson(next, connection, signal);
    const files = answer && filesIn(answer.value);
    if (files === undefined) return page === 0 ? undefined : all;
    all.push(...files);
    const link = /<([^>]+)>;\s*rel="next"/.exec(answer?.link ?? '')?.[1];
    // A list continues on its own server.
    next =
      link !== undefined && new URL(link, url).origin === new URL(url).origin
        ? new URL(link, url).href
        : undefined;
  }
  return all;
}

/** Reads an answer of either hub; undefined if it is no list. */
export function filesIn(value: unknown): ListedFile[] | undefined {
  const data = isObject(value) && isObject(value.Data) ? value.Data.Files : value;
  if (!Array.isArray(data)) return undefined;
  return data.flatMap((entry: unknown) => {
    if (!isObject(entry)) return [];
    const path = entry.path ?? entry.Path;
    const lfs = isObject(entry.lfs) ? entry.lfs : {};
    const bytes = Number(lfs.size ?? entry.size ?? entry.Size ?? 0);
    const isFile = entry.type === 'file' || entry.Type === 'blob';
    if (!isFile || typeof path !== 'string' || !Number.isSafeInteger(bytes) || bytes < 0) return [];
    const hash = lfs.oid ?? entry.Sha256;
    return [{ path, bytes, ...(typeof hash === 'string' && SHA256.test(hash) ? { sha256: hash } : {}) }];
  });
}

/**
 * Decides which part of an address is the revision, by the repository's branches and tags; the longest that fits. Returns
 * the address as it is if that is clear already or the server does not tell.
 */
export async function decided(
  address: ModelAddress,
  connection: Connection,
  signal?: AbortSignal,
): Promise<ModelAddress> {
  const { repository } = address;
  if (repository?.undecided === undefined) return address;
  const { origin, id, undecided } = repository;
  const answer = await readJson(`${origin}/api/models/${id}/refs`, connection, signal);
  const names = refNames(answer?.value).filter((name) => `${undecided}/`.startsWith(`${name}/`));
  const revision = names.sort((a, b) => b.length - a.length)[0];
  return revision === undefined ? address : decide(repository, revision);
}

function refNames(value: unknown): string[] {
  if (!isObject(value)) return [];
  const lists = [value.branches, value.tags].filter((list) => Array.isArray(list));
  return lists
    .flat()
    .flatMap((ref: unknown) => (isObject(ref) && typeof ref.name === 'string' ? [ref.name] : []));
}

async function readJson(
  url: string,
  connection: Connection,
  signal?: AbortSignal,
): Promise<{ value: unknown; link: string | undefined } | undefined> {
  const file = { url, name: url.split('/').pop() ?? url, connection };
  const limit = AbortSignal.timeout(LIST_MS);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  try {
    return await patiently(
      file,
      async () => {
        const response = await request(file, {}, either);
        if (response === undefined) return undefined;
        const pieces: Uint8Array[] = [];
        let size = 0;
        for await (const piece of body(response, file, either)) {
          pieces.push(piece);
          size += piece.length;
          if (size > MAX_BYTES) return undefined; // as where there is no list
        }
        const bytes = concatBytes(pieces);
        measureJson(bytes, file.name);
        return {
          value: JSON.parse(new TextDecoder().decode(bytes)) as unknown,
          link: response.headers.get('link') ?? undefined,
        };
      },
      either,
    );
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    const final = error instanceof EngineError && FINAL.includes(error.code);
    if (
      error instanceof EngineError &&
      (!final || (error.code === 'source-cancelled' && signal?.aborted !== true))
    )
      return undefined;
    throw error;
  }
}

/** The folder of a repository in its hub's interface. */
export const listAddress = (repository: RepositoryAddress, recursive: boolean): string =>
  repository.site.list(repository, recursive);
