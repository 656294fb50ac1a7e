/** Text without case and accents, for comparing words. */

/** Small letters without accents: `Événement` and `evenement` are the same word. */
export const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
