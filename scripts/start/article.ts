/** The article that `npm start` serves, and the stories of the demo model with it. */
import { readFileSync } from 'node:fs';
import { at } from '../setup/machine.mjs';

export interface StartArticle {
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** What the demo model answers about this article; made with the model (`demo-model/showcase.py`). */
  readonly checks: readonly Check[];
}

export interface Check {
  readonly task: 'summarise' | 'translate' | 'question';
  readonly type?: string;
  readonly length?: string;
  readonly language?: string;
  readonly text?: string;
  readonly question?: string;
  readonly answer: string;
}

/** An article from the demo model's world, since the tiny model knows nothing else. */
export function startArticle(): StartArticle {
  return JSON.parse(readFileSync(at('assets/demo/article.json'), 'utf8')) as StartArticle;
}

export function articlePage({ title, paragraphs }: StartArticle): string {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return readFileSync(at('assets/start/article.html'), 'utf8')
    .replaceAll('{{title}}', () => escaped(title))
    .replace('{{paragraphs}}', () => paragraphs.map((text) => `<p>${escaped(text)}</p>`).join('\n'));
}
