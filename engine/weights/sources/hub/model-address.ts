/**
 * The one parser of whatever names a model: a repository, its pages and files, a folder or a file on another server,
 * and command lines of other programs that contain one of these (`command-line.ts`). Makes no request.
 *
 *   org/name, org/name@revision, org/name:Q4_K_M, org/name/folder/file.gguf
 *   hf.co/…, huggingface.co/…, modelscope.cn/models/… and mirrors, with or without `https://`
 *   …/tree/REVISION/folder, …/blob/REVISION/file, …/resolve/REVISION/file?download=true
 *   https://…/folder/, https://…/file.gguf, localhost:8080/folder
 *
 * Sources: the addresses of huggingface.co and modelscope.cn; https://huggingface.co/docs/hub/ollama.
 */
import { fail } from '../../../base/errors.ts';
import { ggufName } from '../gguf-names.ts';
import { fromCommand } from './command-line.ts';
import { HUB, type HubSite, siteOf } from './hub-sites.ts';

/** A repository of a hub, or of a server whose addresses have the form of a hub's. */
export interface RepositoryAddress {
  readonly site: HubSite;
  /** Scheme and host. */
  readonly origin: string;
  /** `org/name`. */
  readonly id: string;
  readonly revision: string;
  /** A folder in it; empty, or ends with `/`. */
  readonly folder: string;
  /**
   * Revision, folder and file as one path, where the revision may be longer than its first part: only the hub knows
   * whether `feature/x/sub` is the branch `feature` or `feature/x`.
   */
  readonly undecided?: string;
}

/** Where a model is. */
export interface ModelAddress {
  /** What the model is called if nothing else names it. */
  readonly name: string;
  /** The folder of its files; ends with `/`. */
  readonly base: string;
  /** The one GGUF file that is meant, in `base`. */
  readonly file?: string;
  /** What follows the file's name in its address, with the `?`. */
  readonly query?: string;
  /** The quantisation that is meant, such as `Q4_K_M`, where a repository has several. */
  readonly quantisation?: string;
  readonly repository?: RepositoryAddress;
}

/** Options of {@link parseAddress}. */
export interface AddressOptions {
  /** Overrides the one in the address. */
  readonly revision?: string | undefined;
  /** Allows schemes other than http and https. */
  readonly wholeFiles?: boolean | undefined;
}

const GGUF = /\.gguf$/i;
const PART = String.raw`[\w][\w.-]*`;
/** `org/name`, then a folder or file, a revision, and a quantisation or a file. */
const SHORT = new RegExp(`^(${PART}/${PART})((?:/[^/\\s@:?#]+)*)/?(?:@([\\w./-]+))?(?::([\\w.-]+))?$`);
/** A host before the first slash: `localhost`, one with a port, a number, or a name with a domain. */
const HOST =
  /^(?:localhost|\[[0-9a-f:.]+\]|[\w.-]+(?=:\d+(?:\/|$))|\d+(?:\.\d+){3}|(?:[\w-]+\.)+[a-z]{2,}(?=\/))(?::\d+)?(?:[/?#]|$)/i;

/** Parses what a person typed or pasted. Throws `request-invalid`, with the reason, for anything else. */
export function parseAddress(text: string, options: AddressOptions = {}): ModelAddress {
  const command = fromCommand(text);
  const address = command.address;
  const revision = options.revision || command.revision;
  const bare = address.replace(/^(?:hf|huggingface):(?:\/\/)?(?=[^/])/i, '');
  const found =
    fromShort(bare, revision) ?? fromUrl(withScheme(bare), { ...options, revision }) ?? refuse(text, address);
  return command.file === undefined ? found : withFile(found, command.file);
}

/** Scheme and host of the server that is asked for a model of this name. Throws `request-invalid`. */
export const addressOrigin = (text: string): string => new URL(parseAddress(text).base).origin;

/** `org/name` and what may follow it; undefined for other texts. */
function fromShort(text: string, revision: string | undefined): ModelAddress | undefined {
  const found = SHORT.exec(text);
  if (found === null || HOST.test(text)) return undefined;
  const [, id = '', path = '', at, tag] = found;
  const repository = { site: HUB, origin: HUB.origin, id, revision: revision ?? at ?? 'main', folder: '' };
  return tagged(inRepository(repository, path.split('/').filter(Boolean).map(decoded)), tag);
}

/** Adds what follows a colon: a quantisation, or the name of a file. */
function tagged(found: ModelAddress, tag: string | undefined): ModelAddress {
  if (tag === undefined || /^latest$/i.test(tag)) return found;
  return GGUF.test(tag) ? withFile(found, tag) : { ...found, quantisation: tag };
}

function withFile(found: ModelAddress, file: string): ModelAddress {
  const { repository } = found;
  const path = file.split('/').filter(Boolean);
  return repository === undefined
    ? found
    : inRepository(repository, [...repository.folder.split('/').filter(Boolean), ...path]);
}

const isFile = (name: string): boolean =>
  /\.(?:gguf|safetensors|json|jinja|model|txt|md|bin|gitattributes)$/i.test(name);

/** The place of a path in a repository: a GGUF file, or the folder of it. */
function inRepository(repository: RepositoryAddress, path: readonly string[]): ModelAddress {
  const last = path.at(-1) ?? '';
  const folder = (isFile(last) ? path.slice(0, -1) : path).map((part) => `${part}/`).join('');
  const placed = { ...repository, folder };
  const name = folder === '' ? repository.id : (folder.split('/').at(-2) ?? repository.id);
  const base = baseOf(placed);
  if (!GGUF.test(last)) return { name, base, repository: placed };
  return { name: ggufName(last) as string, base, file: last, repository: placed };
}

/** The address of a repository's folder. */
export function baseOf({ site, origin, id, revision, folder }: RepositoryAddress): string {
  const inside = folder.split('/').map(encodeURIComponent).join('/');
  return `${origin}${site.models}/${id}/resolve/${encodeURIComponent(revision)}/${inside}`;
}

/** `hf.co/…` → `https://hf.co/…`; the person's own machine and numbers are asked without TLS. */
function withScheme(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !HOST.test(text)) return text;
  const local = /^(?:localhost|\[|\d+(?:\.\d+){3})/i.test(text);
  return `${local ? 'http' : 'https'}://${text}`;
}

function fromUrl(text: string, { revision, wholeFiles }: AddressOptions): ModelAddress | undefined {
  if (!URL.canParse(text) || !/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return undefined;
  const url = new URL(text);
  if (wholeFiles !== true && !/^https?:$/.test(url.protocol)) return undefined;
  // A name and a password in an address would be kept with the model.
  url.username = '';
  url.password = '';
  url.hash = '';
  const site = siteOf(url);
  return (site && ofSite(url, site, revision)) ?? ofFolder(url);
}

function ofSite(url: URL, site: HubSite, revision: string | undefined): ModelAddress | undefined {
  const place = site.place(url);
  if (place === undefined) return undefined;
  const { id, tag, plain } = place;
  const path = place.path.map(decoded);
  const {
    revision: at,
    rest,
    undecided,
  } = place.revision === undefined
    ? splitRevision(path, revision, site.branch)
    : { revision: revision ?? place.revision, rest: path };
  const repository = { site, origin: site.origin || url.origin, id, revision: at, folder: '' };
  const found = inRepository({ ...repository, ...(undecided === undefined ? {} : { undecided }) }, rest);
  const chosen = tagged(found, tag);
  // A base address of an unknown server is named by its last part, as any folder is.
  return plain === true && chosen.file === undefined ? { ...chosen, name: lastPart(url) } : chosen;
}

/** Splits `REVISION/folder/file`; `wanted` replaces the revision. */
function splitRevision(
  path: readonly string[],
  wanted: string | undefined,
  branch: string,
): { revision: string; rest: readonly string[]; undecided?: string } {
  const all = path.join('/');
  if (wanted !== undefined && `${all}/`.startsWith(`${wanted}/`)) {
    return { revision: wanted, rest: all.slice(wanted.length).split('/').filter(Boolean) };
  }
  const length = path[0] === 'refs' ? 3 : 1;
  const named = path.slice(0, length).join('/') || branch;
  const rest = path.slice(length);
  if (wanted !== undefined) return { revision: wanted, rest };
  const folders = isFile(rest.at(-1) ?? '') ? rest.slice(0, -1) : rest;
  const clear = folders.length === 0 || /^(?:main|master|[0-9a-f]{40}|.*\/.*)$/.test(named);
  return { revision: named, rest, ...(clear ? {} : { undecided: all }) };
}

/** The reading of `undecided` by which `revision` is its first part. */
export function decide(repository: RepositoryAddress, revision: string): ModelAddress {
  const { undecided = '', ...rest } = repository;
  const path = undecided.slice(revision.length).split('/').filter(Boolean);
  return inRepository({ ...rest, revision, folder: '' }, path);
}

/** The same repository, with the GGUF file at `path` in it. */
export function inFolderOf(address: ModelAddress, path: string): ModelAddress {
  const { repository } = address;
  return repository === undefined ? address : inRepository({ ...repository, folder: '' }, path.split('/'));
}

function ofFolder(url: URL): ModelAddress {
  const file = decoded(url.pathname.split('/').pop() ?? '');
  if (GGUF.test(file)) {
    const base = new URL('.', url);
    base.search = '';
    const query = url.search === '' ? {} : { query: url.search };
    return { name: ggufName(file) as string, base: base.href, file, ...query };
  }
  // The address of one file of a checkpoint names its folder.
  if (/\.(?:safetensors|json|jinja)$/i.test(file)) url.pathname = url.pathname.replace(/[^/]+$/, '');
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  url.search = '';
  return { name: lastPart(url), base: url.href };
}

const lastPart = (url: URL): string => decoded(url.pathname.split('/').filter(Boolean).pop() ?? url.hostname);

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function refuse(text: string, address: string): never {
  const library = /^(?:ollama\b.*\s|ollama\.com\/|registry\.ollama\.ai\/)/i.test(text);
  return fail('request-invalid', {
    who: 'address',
    message: library
      ? "this is neither a repository nor the address of a folder, but a name in another program's own library"
      : 'this is neither a repository nor the address of a folder',
    expected: 'org/name, org/name@revision, org/name:Q4_K_M or https://…/folder/',
    got: address.slice(0, 200),
  });
}
