/**
 * How soon the parts of a page, in some order, have the words of its description: for each page with a description of its
 * publisher, cut into parts, the share of the description's terms that are in the first 1 to 4 parts read. Means over pages and
 * over seven lengths of parts, since there are few pages.
 *
 *   node --import ./scripts/raw-loader.mjs scripts/answers/passages/reading-order.ts
 */
import { terms } from '../../../app/text/bm25.ts';
import { partOf } from '../../../app/text/parts/parts.ts';
import { readingOrder } from '../../../app/text/parts/reading-order.ts';
import { splitText } from '../../../app/worker/prompts/split.ts';
import { readPages } from '../pages.ts';

/** Characters of a part. */
const LENGTHS = [400, 500, 600, 700, 850, 1000, 1200];
const READ = 4;

const sums = new Map<string, number[]>();
let count = 0;
const pages = readPages('../shared/assets/pages/readability');
for (const budget of LENGTHS) {
  for (const { page, description } of pages) {
    const ends = splitText(page.text, {
      budget,
      count: (text) => text.length,
      headings: page.headings ?? [],
    });
    const parts = ends.map((end, part) => new Set(terms(page.text.slice(ends[part - 1] ?? 0, end))));
    const wanted = [...new Set(terms(description ?? ''))].filter((term) =>
      parts.some((part) => part.has(term)),
    );
    if (ends.length < READ || wanted.length === 0) continue;
    count++;
    const turns = ends.map((_, turn) => turn);
    const orders = {
      'of the page': turns,
      'both ends first': turns.map((turn) => partOf({ ends, points: [], order: 'spread' }, turn)),
      ours: readingOrder(page, ends),
    };
    for (const [name, order] of Object.entries(orders)) {
      const found = sums.get(name) ?? Array<number>(READ).fill(0);
      sums.set(name, found);
      for (let read = 1; read <= READ; read++) {
        const has = (term: string) => order.slice(0, read).some((part) => parts[part]?.has(term));
        found[read - 1]! += wanted.filter(has).length / wanted.length;
      }
    }
  }
}
process.stdout.write(`${count} pages cut into parts\n`);
for (const [name, found] of sums)
  process.stdout.write(`${name.padEnd(16)} ${found.map((sum) => (sum / count).toFixed(3)).join('  ')}\n`);
