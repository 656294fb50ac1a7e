import { describe, expect, it } from 'vitest';
import type { Paragraph } from '../dom/paragraphs.ts';
import { setUp, soon, translations } from './page-for-tests.ts';

describe('PageTranslation', () => {
  it('translates paragraph by paragraph, one request at a time, and restores the page node for node', async () => {
    const { page, body, questions, untouched } = setUp(
      '<h1>One</h1><p>Two <b>three</b>.</p><ul><li>Four</li></ul>',
    );
    expect(questions.map(({ text }) => text)).toEqual(['One']);
    await questions[0]!.answer('Eins');
    expect(questions[1]!.text).toBe('Two <1>three</1>.');
    await questions[1]!.answer('Zwei <1>drei</1>.');
    expect(body.querySelector('p')!.innerHTML).toMatch(
      /^Two <b>three<\/b>\.<linnet-translation .*>Zwei <b>drei<\/b>\.</,
    );
    await questions[2]!.answer('Vier');
    expect([page.done, page.total, page.running]).toEqual([3, 3, false]);
    page.restore();
    untouched();
  });

  it('translates visible paragraphs before near ones', async () => {
    const { questions, distances, move } = setUp('<p>One</p><p>Two</p><p>Three</p>', {});
    await questions[0]!.answer();
    distances.set('Two', 'away').set('Three', 'near');
    await questions[1]!.answer();
    expect(questions.map(({ text }) => text)).toEqual(['One', 'Two', 'Three']);
    await questions[2]!.answer();
    expect(questions).toHaveLength(3);
    distances.set('Two', 'seen');
    move();
    expect(questions).toHaveLength(3);
  });

  it('does not translate distant paragraphs until they come near', async () => {
    const { page, questions, distances, move } = setUp('<p>One</p><p>Two</p>');
    distances.set('Two', 'away');
    await questions[0]!.answer();
    expect([questions.length, page.running, page.done]).toEqual([1, false, 1]);
    distances.set('Two', 'near');
    move();
    expect(questions[1]!.text).toBe('Two');
  });

  it('shows a translation while it is written, and none of the model’s words as markup', async () => {
    const { body, questions } = setUp('<p>One</p>');
    expect(translations(body)).toEqual(['…']);
    questions[0]!.stream('Ei');
    expect(translations(body)).toEqual(['Ei']);
    await questions[0]!.answer('<img src=x onerror=alert(1)>');
    expect(body.querySelector('img')).toBeNull();
    expect(translations(body)).toEqual(['<img src=x onerror=alert(1)>']);
  });

  it('switches between both views and restores the page from either', async () => {
    const { page, body, questions, untouched } = setUp('<p>One <i>two</i></p><p>Three</p>', {
      view: 'translation',
    });
    await questions[0]!.answer('Eins <1>zwei</1>');
    expect(body.querySelector('p')!.textContent).toBe('Eins zwei');
    page.setView('both');
    expect(body.querySelector('p')!.textContent).toBe('One twoEins zwei');
    page.setView('translation');
    page.rescan();
    expect([page.total, page.done]).toEqual([2, 1]);
    page.restore();
    untouched();
  });

  it('keeps the original of a paragraph that cannot be copied, even in the view without originals', async () => {
    const { page, body, questions, untouched } = setUp('<p>Press <button>Go</button> to go</p>', {
      view: 'translation',
    });
    await questions[0]!.answer('Los');
    expect(body.querySelector('button')!.isConnected).toBe(true);
    page.restore();
    untouched();
  });

  it('can be stopped at any time and resumed; drops a late answer', async () => {
    const { page, body, questions, untouched } = setUp('<p>One</p><p>Two</p>');
    await questions[0]!.answer();
    page.stop();
    expect(translations(body)).toEqual(['[One]']);
    await questions[1]!.answer('too late');
    expect(translations(body)).toEqual(['[One]']);
    expect([page.stopped, page.running]).toEqual([true, false]);
    page.resume();
    expect(questions[2]!.text).toBe('Two');
    page.restore();
    untouched();
    await questions[2]!.answer();
    untouched();
  });

  it('stops if the job was stopped elsewhere', async () => {
    const { page, body, questions } = setUp('<p>One</p>');
    await questions[0]!.end();
    expect([page.stopped, questions.length, translations(body)]).toEqual([true, 1, []]);
  });

  it('stops at an error, reports it, and continues on resume', async () => {
    const { page, body, questions } = setUp('<p>One</p>');
    await questions[0]!.fail(new Error('lost'));
    expect([page.stopped, String(page.failure), translations(body)]).toEqual([true, 'Error: lost', []]);
    page.resume();
    expect([page.failure, questions.length]).toEqual([undefined, 2]);
  });

  it('translates added and changed paragraphs, and requests the same text only once', async () => {
    const { page, body, document, questions } = setUp('<p>One</p><p>Two</p>');
    await questions[0]!.answer();
    await questions[1]!.answer();
    const added = document.createElement('p');
    added.textContent = 'One';
    body.append(added);
    body.querySelector('p')!.firstChild!.nodeValue = 'Three';
    page.rescan();
    expect(questions.at(-1)!.text).toBe('Three');
    await questions.at(-1)!.answer();
    await soon();
    expect(translations(body)).toEqual(['[Three]', '[Two]', '[One]']);
    expect(questions).toHaveLength(3);
  });

  it('shows the original to asOriginal while it is translated', async () => {
    const { page, body, questions, untouched } = setUp('<p>One</p><p>Two</p>', { view: 'translation' });
    await questions[0]!.answer('Eins');
    page.asOriginal(untouched);
    expect(body.querySelector('p')!.textContent).toBe('Eins');
  });

  it('leaves a change that the page made in place of a translation', async () => {
    const { page, body, questions } = setUp('<p>One</p>', { view: 'translation' });
    await questions[0]!.answer();
    body.querySelector('p')!.textContent = 'New';
    page.restore();
    expect(body.innerHTML).toBe('<p>New</p>');
  });

  it('starts again in another language', async () => {
    const { page, body, questions } = setUp('<p>One</p>');
    await questions[0]!.answer();
    page.setLanguage({ language: 'ar', dir: 'rtl' });
    await questions[1]!.answer('واحد');
    const shown = body.querySelector('linnet-translation')!;
    expect([shown.getAttribute('lang'), shown.getAttribute('dir'), shown.textContent]).toEqual([
      'ar',
      'rtl',
      'واحد',
    ]);
  });

  it('hands over the note of a translation, and writes none of it into the page', async () => {
    const { body, page, questions } = setUp(`<p>${'One '.repeat(30)}</p><p>Two</p>`);
    await questions[0]!.answer('Eins', 'Glossary: one → ein');
    await questions[1]!.answer('Zwei', '');
    expect(translations(body)).toEqual(['Eins', 'Zwei']);
    expect(body.outerHTML).not.toMatch(/Glossary|⚠/);
    expect(page.notes).toEqual([
      { id: expect.any(Number), note: 'Glossary: one → ein', text: `${'One '.repeat(14)}One…` },
    ]);
  });

  it('translates the main part only, and skips text that is in the language already', () => {
    const sentence = 'A linnet is a small finch of the heath, and it sings from a bush.';
    const html = `<nav><p>Home</p></nav><article><p>${sentence}</p><p>${sentence}</p><p lang="de">Ein Satz.</p></article>`;
    const skips = ({ parent }: Paragraph) => parent.closest('[lang="de"]') !== null;
    const { page } = setUp(html, { scope: 'article', skips });
    expect(page.total).toBe(2);
    page.setScope('page');
    expect(page.total).toBe(3);
  });

  it('returns to the main part, also in the view without originals', async () => {
    const sentence = 'A linnet is a small finch of the heath, and it sings from a bush.';
    const html = `<nav><p>Home</p></nav><article><p>${sentence}</p><p>${sentence} Often.</p></article><footer><p>Imprint</p></footer>`;
    const { page, body, questions, untouched } = setUp(html, { view: 'translation' });
    for (let i = 0; i < 4; i++) await questions[i]!.answer();
    page.setScope('article');
    expect([body.querySelector('nav')!.textContent, body.querySelector('footer')!.textContent]).toEqual([
      'Home',
      'Imprint',
    ]);
    expect([page.done, page.total]).toEqual([2, 2]);
    page.setScope('page');
    await soon();
    expect([page.total, questions.length]).toEqual([4, 4]);
    page.restore();
    untouched();
  });

  it('continues in a body that replaces the first one', async () => {
    let moved = 0;
    const { page, body, document, questions } = setUp('<p>One</p>', {
      view: 'translation',
      moved: () => moved++,
    });
    await questions[0]!.answer();
    const next = document.createElement('body');
    next.innerHTML = '<p>Two</p>';
    body.replaceWith(next);
    page.rescan();
    expect([moved, page.total, questions[1]!.text]).toEqual([1, 1, 'Two']);
    await questions[1]!.answer();
    expect(next.textContent).toBe('[Two]');
    // Sites keep the first body and may show it again.
    expect(body.innerHTML).toBe('<p>One</p>');
  });
});
