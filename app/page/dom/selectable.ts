/** Whether a person can select the text of a page: some pages do not let them. */
import { sayWords, layoutByStyle, paragraphsOf } from './paragraphs.ts';
import { wordsOf } from './masks.ts';

/** Paragraphs that are looked at. */
const LOOKED = 60;
/** Share of the letters that cannot be selected. */
const MOST = 0.5;

export function forbidsSelection(body: Element): boolean {
  let [all, none] = [0, 0];
  for (const { parent, nodes } of paragraphsOf(body, layoutByStyle).slice(0, LOOKED)) {
    const words = nodes.map(wordsOf).join('').trim();
    if (!sayWords(words)) continue;
    const { userSelect, webkitUserSelect } = getComputedStyle(parent);
    all += words.length;
    if ((userSelect || webkitUserSelect) === 'none') none += words.length;
  }
  return all > 0 && none > all * MOST;
}
