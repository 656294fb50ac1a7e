/** The article that `npm start` serves, and the stories of the demo model with it. */
import { existsSync, readFileSync } from 'node:fs';
import { at } from '../setup/machine.mjs';

export interface StartArticle {
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** What the demo model answers about this article; made with the model (`demo-model/showcase.py`). */
  readonly checks?: readonly Check[];
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

/** The demo model's own article where there is one, since a tiny model knows what it was made for. */
export function startArticle(): StartArticle {
  const files = [at('assets/demo/article.json'), at('assets/start/article.json')];
  return JSON.parse(readFileSync(files.find((path) => existsSync(path))!, 'utf8')) as StartArticle;
}

export function articlePage({ title, paragraphs }: StartArticle): string {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return readFileSync(at('assets/start/article.html'), 'utf8')
    .replaceAll('{{title}}', () => escaped(title))
    .replace('{{paragraphs}}', () => paragraphs.map((text) => `<p>${escaped(text)}</p>`).join('\n'));
}
