import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { finish } from '../dom/slices.ts';
import { takePicture } from '../picture/picture.ts';
import { extractFallback } from './fallback-extractor.ts';

const read = (html: string) =>
  finish(
    extractFallback(
      finish(takePicture(parseHTML(`<html>${html}</html>`).document as unknown as Document)).doc,
    ),
  );
const sentence = 'The linnet is a small finch that nests in gorse and sings from the highest twig.';
const links = (n: number) =>
  `<ul>${Array.from({ length: n }, (_, i) => `<li><a href="/${i}">Entry number ${i}</a></li>`).join('')}</ul>`;

describe('extractFallback', () => {
  it('reads a thread with its question, whatever the names of its elements', () => {
    const posts = Array.from(
      { length: 5 },
      (_, i) => `<x-post class="a b${i}"><p>${i} ${sentence}</p></x-post>`,
    );
    const found = read(
      `<body><nav>${links(6)}</nav><div><div><h1>Which finch?</h1><p>It is brown.</p></div>${posts.join('')}</div></body>`,
    );
    expect(found.source).toBe('thread');
    expect(found.posts).toHaveLength(5);
    expect(found.text).toMatch(/^Which finch\?\n\nIt is brown\.\n\n0 The linnet/);
    expect(found.text).toContain(`4 ${sentence}`);
    expect(found.text.slice(found.headings[0])).toMatch(/^Which finch/);
  });

  it('counts nested replies as part of the post that they answer', () => {
    const reply = (depth: number): string =>
      `<div class="comment"><p>${depth} ${sentence}</p>${depth < 4 ? reply(depth + 1) : ''}</div>`;
    const found = read(`<body><div>${reply(0)}${reply(0)}</div></body>`);
    expect(found).toMatchObject({ source: 'thread' });
    expect(found.posts).toHaveLength(2);
  });

  it('reads threads in tables', () => {
    const rows = Array.from(
      { length: 6 },
      (_, i) => `<tr class="row"><td>user${i}</td><td>${i} ${sentence}</td></tr>`,
    );
    const found = read(`<body><table><tbody>${rows.join('')}</tbody></table></body>`);
    expect(found.source).toBe('thread');
    expect(found.text).toContain(`user3 3 ${sentence}`);
  });

  it('reads the main part without navigation, banner and footer', () => {
    const found = read(
      `<body><header>Shop</header><div class="sidebar">${links(9)}</div><main><h1>Help</h1><p>${sentence}</p>${links(5)}
       <p>More. ${sentence}</p></main><div class="cookie-banner">We use cookies. ${sentence}</div><footer>Imprint</footer></body>`,
    );
    expect(found.source).toBe('main');
    expect(found.text).toBe(`Help\n\n${sentence}\n\nMore. ${sentence}`);
  });

  it('keeps lists whose entries have text beside their links', () => {
    const items = Array.from({ length: 5 }, (_, i) => `<li><a href="/">Step ${i}</a>: ${sentence}</li>`).join(
      '',
    );
    expect(read(`<body><main><ol>${items}</ol></main></body>`).text).toContain(`3. Step 2: ${sentence}`);
  });

  it('keeps a part with many paragraphs, whatever its class name', () => {
    const article = `<div class="post related">${`<p>${sentence} ${sentence}</p>`.repeat(6)}</div>`;
    expect(read(`<body>${article}</body>`).text).toContain(sentence);
  });

  it('reads the whole body if it has no main part, and returns no text without a body', () => {
    expect(read('<body><p>One.</p><p>Two.</p></body>')).toMatchObject({
      text: 'One.\n\nTwo.',
      source: 'body',
    });
    expect(finish(extractFallback({ body: null } as unknown as Document)).text).toBe('');
  });
});
