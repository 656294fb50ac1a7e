/** What the content script and its frame show must have an English text in its own table. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { at } from '../../scripts/setup/machine.mjs';
import { enOnPage } from './en-on-page.ts';
import { en } from './en.ts';

/** Sources that end up in the content script and its frame, without the views that they share with own pages. */
const ROOMS = ['app/ui/on-page', 'app/page', 'entrypoints/content.ts', 'entrypoints/on-page'];
const SHARED = 'app/ui/kit';

const sourcesIn = (...rooms: readonly string[]) =>
  execFileSync('git', ['ls-files', ...rooms], { cwd: at('.'), encoding: 'utf8' })
    .split('\n')
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'))
    .map((file) => ({ name: basename(file), text: readFileSync(at(file), 'utf8') }));

describe('texts on web pages', () => {
  const sources = sourcesIn(...ROOMS);
  const shared = new Set(sourcesIn(SHARED));
  // A set visits what is added meanwhile: shared views import shared views.
  const reached = new Set(sources);
  for (const { text } of reached) {
    for (const view of shared) if (text.includes(`/${view.name}'`)) reached.add(view);
  }

  it('are in the table that the content script has', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(reached.size).toBeGreaterThan(sources.length);
    const source = [...reached].map(({ text }) => text).join('\n');
    // Every key in quotes, since a key may be chosen before it is looked up.
    const named = Object.keys(en).filter((key) => source.includes(`'${key}'`));
    expect(named.filter((key) => !(key in enOnPage))).toEqual([]);
  });
});
