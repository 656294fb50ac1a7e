/** Addresses in Markdown. Only addresses of the web and of mail become links; others stay text. Pure. */

/** Longest address, in characters. */
export const LONGEST_ADDRESS = 2000;

/** The address as a link may have it; undefined for what is no address of the web or of mail. */
export function safeAddress(address: string): string | undefined {
  if (address.length > LONGEST_ADDRESS) return undefined;
  if (!/^(?:https?:\/\/|mailto:)/i.test(address) || /[\s\p{Cc}]/u.test(address)) return undefined;
  return URL.canParse(address) ? new URL(address).href : undefined;
}

/** What a person should know before following a link: its host, or the address of a mail. */
export function hostOf(href: string): string {
  const { protocol, host, pathname } = new URL(href);
  return protocol === 'mailto:' ? pathname : host;
}
