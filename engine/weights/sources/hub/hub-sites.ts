/**
 * Hubs, and what the addresses of their pages mean. Servers that are no known hub, such as one on the person's own
 * machine, count as a hub where their addresses have its form: `/org/name/resolve/REVISION/`.
 */
import { fail } from '../../../base/errors.ts';

/** What an address on a hub's site names. */
export interface SitePlace {
  readonly id: string;
  /** Revision, folders and file, as written; without the revision if that is named below. */
  readonly path: readonly string[];
  readonly revision?: string;
  /** What follows the repository's name after a colon. */
  readonly tag?: string;
  /** The base address of a server that is no known hub. */
  readonly plain?: boolean;
}

export interface HubSite {
  /** Scheme and host; empty for servers that have a hub's form. */
  readonly origin: string;
  /** What stands before `/org/name` in the addresses of files. */
  readonly models: string;
  /** The branch of new repositories. */
  readonly branch: string;
  /** Undefined: a place that has not the form of a repository's. */
  place(url: URL): SitePlace | undefined;
  /** The list of files of a folder. */
  list(at: { origin: string; id: string; revision: string; folder: string }, recursive: boolean): string;
}

/** First parts of the hub's addresses that are not an owner. */
const NOT_MODELS =
  /^(?:datasets|spaces|collections|papers|docs|blog|models|settings|join|login|learn|tasks|posts|new|api|buckets|kernels)$/;
/** Parts after `org/name` that precede a revision. */
const BEFORE_REVISION = /^(?:tree|blob|resolve|raw|blame|commits?|edit|delete|upload)$/;

const hubList: HubSite['list'] = ({ origin, id, revision, folder }, recursive) => {
  const inside = folder.split('/').map(encodeURIComponent).join('/').replace(/\/$/, '');
  const at = `${origin}/api/models/${id}/tree/${encodeURIComponent(revision)}`;
  return `${at}${inside === '' ? '' : `/${inside}`}${recursive ? '?recursive=true' : ''}`;
};

function hubPlace(url: URL): SitePlace | undefined {
  const parts = url.pathname.split('/').filter(Boolean);
  // `/api/models/org/name/tree/main` and `/api/resolve-cache/models/org/name/COMMIT/file`
  if (parts[0] === 'api' && parts[1] === 'models') parts.splice(0, 2);
  if (parts[0] === 'api' && parts[1] === 'resolve-cache' && parts[2] === 'models') {
    parts.splice(0, 3);
    parts.splice(2, 0, 'resolve');
  }
  const [owner = '', named = '', verb = '', ...rest] = parts;
  if (NOT_MODELS.test(owner) || named === '') notAModel(url);
  const [, name = '', tag] = /^([^:]*?)(?:\.git)?(?::(.*))?$/.exec(decodeURI(named)) ?? [];
  const [repository = name, at] = name.split('@');
  const id = `${owner}/${repository}`;
  const shown = url.searchParams.get('show_file_info');
  const ends = {
    ...(tag === undefined ? {} : { tag }),
    ...(at === undefined ? {} : { revision: at }),
  };
  if (!BEFORE_REVISION.test(verb)) {
    // `hf.co/org/name/file.gguf` and pages without files, such as `/discussions/3`.
    const pages = /^(?:discussions|settings|community|files|activity)?$/.test(verb);
    const path = pages ? (shown?.split('/') ?? []) : [verb, ...rest];
    return { id, path, revision: at ?? 'main', ...(tag === undefined ? {} : { tag }) };
  }
  const path = /^commits?$/.test(verb) ? rest.slice(0, rest[0] === 'refs' ? 3 : 1) : rest;
  return { id, path: shown === null ? path : [...path, ...shown.split('/')], ...ends };
}

function notAModel(url: URL): never {
  fail('request-invalid', {
    who: 'address',
    message:
      'this page of the hub is not that of a model, so it is neither a repository nor the address of a folder',
    expected: `${url.origin}/org/name`,
    got: url.href.slice(0, 200),
  });
}

function hub(origin: string): HubSite {
  return { origin, models: '', branch: 'main', place: hubPlace, list: hubList };
}

export const HUB: HubSite = hub('https://huggingface.co');

/** `modelscope.cn/models/org/name/files`, `…/file/view/master/x`, `…/resolve/master/x`, `…/summary`. */
const MODELSCOPE: HubSite = {
  origin: 'https://modelscope.cn',
  models: '/models',
  branch: 'master',
  place(url) {
    const parts = url.pathname.split('/').filter(Boolean);
    // `/api/v1/models/org/name/repo?Revision=master&FilePath=x`
    if (parts[0] === 'api' && parts[1] === 'v1') parts.splice(0, 2);
    // Repositories are cloned from addresses without `models`.
    if (parts[0] !== 'models' && /\.git$/.test(parts[1] ?? '')) parts.unshift('models');
    const [kind, owner = '', named = '', verb = '', ...rest] = parts;
    if (kind !== 'models' || named === '') notAModel(url);
    const id = `${owner}/${named.replace(/\.git$/, '')}`;
    if (verb === 'resolve') return { id, path: rest };
    if (verb === 'file' && rest[0] === 'view') return { id, path: rest.slice(1) };
    if (verb === 'tree') return { id, path: rest };
    const path = (url.searchParams.get('FilePath') ?? '').split('/').filter(Boolean);
    return { id, path, revision: url.searchParams.get('Revision') ?? 'master' };
  },
  list: ({ origin, id, revision, folder }, recursive) => {
    const query = new URLSearchParams({ Revision: revision, Root: folder.replace(/\/$/, '') });
    if (recursive) query.set('Recursive', 'true');
    return `${origin}/api/v1/models/${id}/repo/files?${query}`;
  },
};

/** A server whose addresses have the hub's form. */
const ALIKE: HubSite = {
  ...hub(''),
  place(url) {
    const found = /^\/([^/]+\/[^/]+)\/(tree|blob|resolve|raw)\/(.+)$/.exec(url.pathname);
    if (found === null) return undefined;
    const [, id = '', verb, rest = ''] = found;
    return { id, path: rest.split('/').filter(Boolean), plain: verb === 'resolve' };
  },
};

const SITES: readonly (readonly [hosts: RegExp, site: HubSite])[] = [
  [/^(?:www\.)?(?:huggingface\.co|hf\.co|huggingface\.com)$/, HUB],
  [/^(?:www\.)?modelscope\.(?:cn|com|ai)$/, MODELSCOPE],
  [/^(?:www\.)?hf-mirror\.com$/, hub('https://hf-mirror.com')],
];

/** The hub that an address belongs to. */
export function siteOf(url: URL): HubSite | undefined {
  if (!/^https?:$/.test(url.protocol)) return undefined;
  return SITES.find(([hosts]) => hosts.test(url.hostname))?.[1] ?? ALIKE;
}
