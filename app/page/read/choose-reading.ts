/** Whether Readability's article is the page, or a part of it: one post of a thread, a sidebar, a consent text. */
import type { BlockText } from '../dom/block-text.ts';
import type { ExtractedText } from './fallback-extractor.ts';

export interface Article extends BlockText {
  readonly title: string;
}

/** Articles with fewer letters are error pages and forms, which the second reader reads whole. */
const MIN_LETTERS = 80;
/** A character of these scripts counts as three letters. */
const DENSE_SCRIPTS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
/** An article must have this share of the letters of the second reader's paragraphs. */
const MIN_ARTICLE_SHARE = 0.15;
/** It must contain this share of a thread's posts; with fewer it is a single post, or a few. */
const MIN_POSTS_SHARE = 0.5;
/** Letters of a post by which it is found. */
const FOUND_BY = 120;

export function isComplete({ text }: Article, { text: all, posts = [] }: ExtractedText): boolean {
  if (lettersIn(text) < MIN_LETTERS || text.length < all.length * MIN_ARTICLE_SHARE) return false;
  const ownLetters = lettersOf(text);
  const contained = posts.filter((post) =>
    ownLetters.includes(lettersOf(longestLine(post)).slice(0, FOUND_BY)),
  );
  if (posts.length === 0) return true;
  // The second reader has the posts with their authors and the question above them.
  if (contained.length >= posts.length * MIN_POSTS_SHARE) return false;
  // An article with many comments below it is accepted, unless it is itself one of the posts.
  const own = lettersOf(longestLine(text)).slice(0, FOUND_BY);
  return !posts.some((post) => lettersOf(post).includes(own));
}

export const lettersIn = (text: string): number =>
  text.replace(/\s+/g, ' ').length + 2 * (text.match(DENSE_SCRIPTS)?.length ?? 0);

const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, '');

const longestLine = (text: string): string =>
  text.split('\n').reduce((most, line) => (line.length > most.length ? line : most), '');
