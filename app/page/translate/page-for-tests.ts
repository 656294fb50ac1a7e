/** A page whose requests a test answers, and whose paragraphs are at the distance that the test sets. */
import { parseHTML } from 'linkedom';
import { expect } from 'vitest';
import { layoutByName, type Paragraph } from '../dom/paragraphs.ts';
import type {
  ParagraphOutcome,
  PageTranslationOptions,
  TranslationAsk,
  ViewportDistance,
} from './options.ts';
import { PageTranslation } from './page-translation.ts';

export const GERMAN = { language: 'de', dir: 'ltr' } as const;
export const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

export interface Question {
  readonly text: string;
  stream(text: string): void;
  answer(text?: string, note?: string): Promise<void>;
  end(): Promise<void>;
  fail(error: Error): Promise<void>;
}

export function setUp(html: string, set: Partial<PageTranslationOptions> = {}) {
  const { document } = parseHTML(`<!doctype html><html><body>${html}</body></html>`);
  const body = document.body as unknown as Element;
  const original = { html: body.innerHTML, nodes: nodesOf(body) };
  const questions: Question[] = [];
  const distances = new Map<string, ViewportDistance>();
  let move = () => {};
  const page = new PageTranslation({
    body: () => document.body as unknown as Element,
    layout: layoutByName,
    scope: 'page',
    view: 'both',
    style: GERMAN,
    skips: () => false,
    changed: () => {},
    moved: () => {},
    translate: (ask, onText) => request(ask, onText, questions),
    watchView: (onMove) => {
      move = onMove;
      const distance = ({ nodes }: Paragraph) => distances.get((nodes[0].textContent ?? '').trim()) ?? 'seen';
      return { observe() {}, unobserve() {}, disconnect() {}, distance };
    },
    watchChanges: () => ({ quietly: (work) => work(), alsoAround() {}, disconnect() {} }),
    ...set,
  });
  const untouched = () => {
    expect(body.innerHTML).toBe(original.html);
    const now = nodesOf(body);
    expect(now.length === original.nodes.length && now.every((node, i) => node === original.nodes[i])).toBe(
      true,
    );
  };
  return {
    page,
    body,
    document: document as unknown as Document,
    questions,
    distances,
    move: () => move(),
    untouched,
  };
}

export function nodesOf(node: Node): Node[] {
  return [node, ...[...node.childNodes].flatMap(nodesOf)];
}

function request(ask: TranslationAsk, stream: (text: string) => void, questions: Question[]) {
  return new Promise<ParagraphOutcome | undefined>((resolve, reject) => {
    questions.push({
      text: ask.source,
      stream,
      answer: (text = `[${ask.source}]`, note = '') => {
        resolve({ text, note });
        return soon();
      },
      end: () => {
        resolve(undefined);
        return soon();
      },
      fail: (error) => {
        reject(error);
        return soon();
      },
    });
  });
}

export const translations = (body: Element) =>
  [...body.querySelectorAll('linnet-translation')].map((element) => element.textContent);
