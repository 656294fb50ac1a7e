/** What the content script shows must have an English text in its own table. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { at } from '../../scripts/setup/machine.mjs';
import { enOnPage } from './en-on-page.ts';
import { en } from './en.ts';

/** Sources that end up in the content script, and the views that they use. */
const ROOMS = ['app/ui/on-page', 'app/ui/kit', 'app/page', 'entrypoints/content.ts'];

describe('texts on web pages', () => {
  const files = execFileSync('git', ['ls-files', ...ROOMS], { cwd: at('.'), encoding: 'utf8' })
    .split('\n')
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'));

  it('are in the table that the content script has', () => {
    expect(files.length).toBeGreaterThan(20);
    const source = files.map((file) => readFileSync(at(file), 'utf8')).join('\n');
    // Every key in quotes, since a key may be chosen before it is looked up.
    const named = Object.keys(en).filter((key) => source.includes(`'${key}'`));
    expect(named.filter((key) => !(key in enOnPage))).toEqual([]);
  });
});
