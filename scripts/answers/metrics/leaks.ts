/** What belongs to the prompt or to markup, and to no answer. Pure. */
import { wordsOf } from '../../testing/word-score.ts';

/** HTML elements and entities, control tokens of chat templates, code fences. */
const MARKUP =
  /<\/?[a-z][^<>\n]*>|<[a-z]+\s[a-z-]+=|&(?:nbsp|amp|lt|gt|quot|#\d+);|<\|[^|\n]*\|>|\[\/?INST\]|```/giu;
/** Words in a row that an answer has of the instructions by chance only seldom … */
const RUN = 3;
/** … if one of them has so many letters. */
const LONG = 6;

/** "The page is summarised in one sentence." says nothing of the page. */
const ABOUT_ITSELF =
  /\b(?:text|page|article|passage) (?:is |was |above )?summari[sz]\w*|\bsummary of the (?:text|page|article|passage)\b/giu;

/** Markup in the answer that the page does not have. */
export const markupIn = (answer: string, page: string): string[] =>
  [...answer.matchAll(MARKUP)].map(([found]) => found).filter((found) => !page.includes(found));

/** Runs of words that the answer has in common with the instructions or says of itself, and the page has not. */
export function promptWordsIn(answer: string, instructions: string, page: string): string[] {
  const own = padded(page);
  const asked = padded(instructions);
  const words = wordsOf(answer);
  const itself = [...answer.toLowerCase().matchAll(ABOUT_ITSELF)].map(([found]) => found);
  const shared = words
    .slice(RUN - 1)
    .map((_, at) => words.slice(at, at + RUN))
    .filter((run) => run.some((word) => word.length >= LONG))
    .map((run) => run.join(' '))
    .filter((run) => asked.includes(` ${run} `));
  return [...shared, ...itself].filter((run) => !own.includes(` ${run} `));
}

const padded = (text: string): string => ` ${wordsOf(text).join(' ')} `;
