/**
 * Files on a server: a model hub's repository or any base address. The only module that calls `fetch(`.
 *
 * Bytes are read by parallel HTTP ranges (`http-ranges.ts`). A file is read whole and forwards (`sequential-source.ts`)
 * where the server ignores ranges, does not say which part it sends, or stops sending parts. Every answer about a file
 * must agree with the first (`http-answer.ts`). After the first response of a hub, all files are requested from the
 * commit that it named, so that a push in between cannot mix two versions. Large files get the SHA-256 that their hub
 * publishes (`hub.ts`); `file-hash.ts` compares it.
 */
import { concatBytes } from '../../base/bytes.ts';
import { fail, EngineError } from '../../base/errors.ts';
import { partNames } from './gguf-names.ts';
import { decided, type ListedFile } from './hub/hub-files.ts';
import { type ModelAddress, parseAddress } from './hub/model-address.ts';
import { chosen, hubLists } from './hub/repository.ts';
import { linkedHash } from './hub.ts';
import {
  changed,
  type FileVersion,
  isPlain,
  lengthIfOutside,
  partOf,
  plainLength,
  requireVersion,
  tagOf,
  versionOf,
  WholeAnswer,
} from './http-answer.ts';
import { body } from './http-body.ts';
import { type Connection, patiently, type RemoteFile, request } from './http-request.ts';
import { ranges } from './http-ranges.ts';
import { type ConnectPolicy, OPEN_POLICY, requireAllowed } from './connect-policy.ts';
import { type ByteSource, type CheckpointFolder, collect } from './byte-source.ts';
import { forwardSource } from './sequential-source.ts';
import { memorySource, requireRange } from './memory-source.ts';

/** Bytes of the first request of a file: covers most JSON files, and no hub stores so small a file as a large one. */
const PROBE = 64 * 1024;
/** Size limit of a file of unknown length, which is held in memory: enough for a tokenizer, not for weights. */
const MAX_UNSIZED = 64 * 1024 * 1024;
const BACKOFF_MS = 500;
const STALL_MS = 30_000;
const COMMIT = /^[0-9a-f]{40}$/;

/** Options of {@link httpFolder}. */
export interface HttpOptions extends Partial<Pick<Connection, 'backoffMs' | 'stallMs'>> {
  /** Branch, tag or commit of a hub repository; `main` when absent. */
  readonly revision?: string;
  /**
   * For files that the host answers whole, with status 200, whatever part is requested, and where a missing file is a
   * network error in place of a 404; the packaged files of a browser add-on are so. Its addresses may have any scheme.
   */
  readonly wholeFiles?: boolean;
  /** The person's access token for huggingface.co; it is sent there, and to a server on this machine, alone. */
  readonly token?: string;
  /** Where this program may connect to; anywhere when absent. */
  readonly policy?: ConnectPolicy;
  /** For tests. */
  readonly fetch?: typeof fetch;
}

/**
 * Opens whatever names a model (`model-address.ts`). Makes no request yet. Throws `request-invalid` for other texts.
 */
export function httpFolder(address: string, options: HttpOptions = {}): CheckpointFolder {
  const parsed = parseAddress(address, options);
  const connection = connect(parsed, options);
  const lists = hubLists(connection);
  const open = async (url: string, signal?: AbortSignal, onAnswer?: (response: Response) => void) => {
    let linked: string | undefined;
    const source = await openHttp(remoteFile(url, connection), signal, (response) => {
      linked = linkedHash(response);
      onAnswer?.(response);
    });
    if (source === undefined || source.size <= PROBE) return source;
    const sha256 = linked ?? (await lists.hash(url, signal));
    return sha256 === undefined ? source : { ...source, sha256 };
  };
  let commit: string | undefined;
  const onAnswer = (response: Response) => {
    const named = response.headers.get('x-repo-commit') ?? '';
    if (COMMIT.test(named)) commit = named;
  };
  let place: Promise<ModelAddress> | undefined;
  const placed = (signal?: AbortSignal) => {
    place ??= chosen(parsed, connection, lists, signal).catch((error: unknown) => {
      place = undefined;
      throw error;
    });
    return place;
  };
  const list = async () => {
    const { file, repository } = await placed();
    if (file !== undefined) return [file];
    const files = repository && (await lists.folder(repository));
    return files?.map(({ path }) => path.slice(repository?.folder.length ?? 0)) ?? [];
  };
  return {
    name: parsed.name,
    ...(parsed.repository === undefined && parsed.file === undefined ? {} : { list }),
    open: async (file, signal) => {
      const at = await placed(signal);
      if (at.file !== undefined && !partNames(at.file).includes(file)) return undefined;
      const base =
        commit === undefined ? at.base : at.base.replace(/\/resolve\/[^/]+\//, `/resolve/${commit}/`);
      const url = new URL(file.split('/').map(encodeURIComponent).join('/'), base).href;
      return open(`${url}${at.query ?? ''}`, signal, onAnswer);
    },
  };
}

/** Servers that an access token may go to: the hub that issues it, and this machine. Other sites have the hub's forms too. */
const TAKES_TOKEN = /^(?:https:\/\/huggingface\.co|https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?)$/;

function connect(parsed: ModelAddress, options: HttpOptions): Connection {
  const { token, policy = OPEN_POLICY } = options;
  const origin = parsed.repository?.origin;
  return {
    get: options.fetch ?? ((input, init) => fetch(input, init)),
    backoffMs: options.backoffMs ?? BACKOFF_MS,
    stallMs: options.stallMs ?? STALL_MS,
    wholeFiles: options.wholeFiles === true,
    policy,
    ...(token === undefined || origin === undefined || !TAKES_TOKEN.test(origin)
      ? {}
      : { access: { origin, token } }),
  };
}

/** A repository's place, and its files as the hub lists them; undefined where there is no list, as on most servers. */
export async function repositoryFiles(
  address: string,
  options: HttpOptions = {},
  signal?: AbortSignal,
): Promise<{ readonly at: ModelAddress; readonly files: readonly ListedFile[] } | undefined> {
  const parsed = parseAddress(address, options);
  const connection = connect(parsed, options);
  requireAllowed(connection.policy, parsed.name, parsed.base);
  const at = await decided(parsed, connection, signal);
  const files = at.repository && (await hubLists(connection).all(at.repository, signal));
  return files && { at, files };
}

function remoteFile(url: string, connection: Connection): RemoteFile {
  return { url, name: url.split('/').pop() ?? url, connection };
}

async function openHttp(
  file: RemoteFile,
  signal?: AbortSignal,
  onAnswer?: (response: Response) => void,
): Promise<ByteSource | undefined> {
  const { wholeFiles } = file.connection;
  // Such a host answers a range with status 200, as if the part were the whole file.
  const range = wholeFiles ? undefined : { offset: 0, length: PROBE };
  return await patiently(
    file,
    async () => {
      const response = await request(file, { range }, signal).catch((error: unknown) => {
        // Such a host has no 404: a missing file fails like a broken connection.
        if (wholeFiles && signal?.aborted !== true) return undefined;
        throw error;
      });
      if (response === undefined) return undefined;
      const source = await opened(file, response, signal);
      onAnswer?.(response);
      return source;
    },
    signal,
  );
}

/** Opens a file by the answer to the request for its first {@link PROBE} bytes. */
async function opened(
  file: RemoteFile,
  response: Response,
  signal: AbortSignal | undefined,
): Promise<ByteSource | undefined> {
  if (response.status === 200) return await whole(file, response, signal);
  // No part of an empty file exists.
  if (response.status === 416 && lengthIfOutside(response) === 0) {
    return memorySource(file.name, new Uint8Array(0));
  }
  const part = response.status === 206 ? partOf(response) : undefined;
  const first = part?.first === 0 && part.last === Math.min(PROBE, part.total) - 1;
  if (part !== undefined && first && isPlain(response)) {
    const head = await readHead(file, response, part.last + 1, signal);
    return ranged(file, versionOf(response), part.total, head);
  }
  // Its parts cannot be placed, so this file is read whole.
  void response.body?.cancel().catch(() => {});
  const all = await request(file, {}, signal);
  return all === undefined ? undefined : await whole(file, all, signal);
}

async function readHead(
  file: RemoteFile,
  response: Response,
  length: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let got = 0;
  for await (const piece of body(response, file, signal)) {
    pieces.push(piece);
    got += piece.length;
    if (got > length) break;
  }
  if (got === length) return concatBytes(pieces);
  return fail('source-read', {
    who: file.name,
    message: "the server's response has the wrong length",
    expected: `${length} bytes`,
    got: `${got > length ? 'at least ' : ''}${got} bytes`,
  });
}

/** Opens a file on a server that supports ranges; `head` is its first bytes. */
function ranged(file: RemoteFile, version: FileVersion, size: number, head: Uint8Array): ByteSource {
  const { name } = file;
  const tag = tagOf(version);
  const forwards = wholeSource(file, version, size, undefined);
  let partsStopped = false;
  async function* stream(offset: number, length: number, stop?: AbortSignal): AsyncIterable<Uint8Array> {
    requireRange(name, size, offset, length);
    const end = offset + length;
    let at = offset;
    const known = Math.max(0, Math.min(head.length - offset, length));
    if (known > 0) yield head.subarray(offset, offset + known);
    at += known;
    if (!partsStopped && at < end) {
      try {
        for await (const piece of ranges({ ...file, size, version }, at, end - at, stop)) {
          at += piece.length;
          yield piece;
        }
      } catch (error) {
        if (!(error instanceof EngineError && error.cause instanceof WholeAnswer)) throw error;
        partsStopped = true;
      }
    }
    if (at < end) yield* forwards.stream(at, end - at, stop);
  }
  return {
    name,
    size,
    ...(tag === undefined ? {} : { tag }),
    stream,
    read: (o, l, s) => collect(name, stream(o, l, s), l),
  };
}

/** Opens a file on a server without ranges, which answers every request with the whole file. */
async function whole(file: RemoteFile, first: Response, signal?: AbortSignal): Promise<ByteSource> {
  if (first.status !== 200) unasked(file, first);
  const size = plainLength(first);
  if (size === undefined) return await unsized(file, first, signal);
  return wholeSource(file, versionOf(first), size, first);
}

/** A file of known version and size that is read forwards; `pending`: its first answer, if that is still to be read. */
function wholeSource(
  file: RemoteFile,
  version: FileVersion,
  size: number,
  pending: Response | undefined,
): ByteSource {
  let first = pending;
  const tag = tagOf(version);
  const source = forwardSource(file.name, size, async (stop) => {
    const response = first ?? (await patiently(file, () => request(file, {}, stop), stop));
    first = undefined;
    if (response === undefined) gone(file);
    if (response.status !== 200) unasked(file, response);
    requireVersion(file.name, version, response);
    const now = plainLength(response);
    if (now !== size) changed(file.name, `${size} bytes`, now === undefined ? 'no length' : `${now} bytes`);
    return body(response, file, stop);
  });
  return tag === undefined ? source : { ...source, tag };
}

function gone(file: RemoteFile): never {
  fail('source-refused', {
    who: file.name,
    message: 'the file no longer exists on the server',
    got: 404,
  });
}

function unasked(file: RemoteFile, response: Response): never {
  void response.body?.cancel().catch(() => {});
  fail('source-refused', {
    who: file.name,
    message: 'the server sends parts of the file without saying which',
    expected: 'Content-Range, or status 200 with the whole file',
    got: response.status,
  });
}

/** Reads a file of unknown length into memory, up to {@link MAX_UNSIZED} bytes. */
async function unsized(file: RemoteFile, first: Response, signal?: AbortSignal): Promise<ByteSource> {
  let response: Response | undefined = first;
  const read = async () => {
    response ??= await request(file, {}, signal);
    if (response === undefined) gone(file);
    const pieces: Uint8Array[] = [];
    let size = 0;
    const current = response;
    response = undefined;
    for await (const piece of body(current, file, signal)) {
      size += piece.length;
      if (size > MAX_UNSIZED) {
        fail('source-refused', {
          who: file.name,
          message: 'the server neither sends parts of files nor states the length of this one',
          expected: `Accept-Ranges: bytes, a plain Content-Length, or at most ${MAX_UNSIZED} bytes`,
          got: 'more',
        });
      }
      pieces.push(piece);
    }
    return concatBytes(pieces);
  };
  return memorySource(file.name, await patiently(file, read, signal));
}

/** Reads a whole file by its address, for files of the program itself. Throws `source-missing`. */
export async function fetchFile(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok)
    fail('source-missing', {
      who: address,
      message: 'the file is not there',
      got: response.status,
    });
  return new Uint8Array(await response.arrayBuffer());
}
