/** Text without case and accents, for comparing words. */

/** Lower-case letters without accents: `Événement` and `evenement` fold to the same word. */
export const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
