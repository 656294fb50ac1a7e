/** Sites as people name them, by host. */

/** The host of an address on the web, without `www.`; undefined for other addresses, such as files. */
export function siteOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, hostname } = new URL(url);
  if (!/^https?:$/.test(protocol) || hostname === '') return undefined;
  return withoutWww(hostname.replace(/\.$/, ''));
}

/** Whether the address belongs to the site, or to a site below it: `news.example.org` is below `example.org`. */
export function isOfSite(url: string | undefined, site: string): boolean {
  const host = siteOf(url);
  return host !== undefined && (host === site || host.endsWith(`.${site}`));
}

/** The site that a person typed: a host, or an address with one. Undefined where there is none. */
export function typedSite(typed: string): string | undefined {
  const text = typed.trim();
  if (text === '' || /\s/.test(text)) return undefined;
  return siteOf(/^https?:\/\//i.test(text) ? text : `https://${text.replace(/^\*\.|^\/\//, '')}`);
}

const withoutWww = (host: string): string => host.replace(/^www\./, '');
