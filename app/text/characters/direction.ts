const RTL = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'iw', 'ks', 'ps', 'sd', 'syr', 'ug', 'ur', 'yi']);

/** Whether a language (BCP 47) is written from right to left. */
export function isRtlLanguage(tag: string | undefined): boolean {
  return tag !== undefined && RTL.has(tag.toLowerCase().split('-')[0]!);
}
