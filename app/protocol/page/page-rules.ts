/** What a person decided once about translating pages, and what of it the content script of a page may know. */

/** `never` for a language: the person reads it, so nothing is offered in it. */
export type Rule = 'always' | 'never';

/** Keys that can be held to translate what is under the pointer. */
export const HOVER_KEYS = ['alt', 'ctrl', 'shift'] as const;
export type HoverKey = (typeof HOVER_KEYS)[number];

export interface RuleSettings {
  /** By host name, without `www.`. */
  readonly siteRules?: Readonly<Record<string, Rule>>;
  /** By language (BCP 47). */
  readonly languageRules?: Readonly<Record<string, Rule>>;
  /** Absent: pointing at a text does nothing. */
  readonly hoverKey?: HoverKey;
}

/** What pages follow while no worker runs. */
export interface ReportedRules extends RuleSettings {
  /** BCP 47; what translations are made into. */
  readonly language?: string;
  /** Sites that the person summarises often, whose pages are read when they have come to rest. */
  readonly often?: readonly string[];
}

/** What one page may know of {@link RuleSettings}: nothing of other sites. */
export interface PageRules {
  /** Of the page's own site. */
  readonly site?: Rule;
  /** Languages (BCP 47) that are always translated. */
  readonly always: readonly string[];
  /** Languages that the person reads, or does not want to be translated. */
  readonly never: readonly string[];
  readonly hoverKey?: HoverKey;
  /** BCP 47; what translations are made into. */
  readonly own?: string;
  /** Whether the person summarises this site often. */
  readonly often?: true;
}

/** What a rule is about: the site of the page that is named, or a language (BCP 47). */
export type RuleAbout =
  | { readonly kind: 'site'; readonly url?: string }
  | { readonly kind: 'language'; readonly language: string };

export const NO_RULES: PageRules = { always: [], never: [] };
