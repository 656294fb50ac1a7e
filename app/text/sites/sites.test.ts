import { describe, expect, it } from 'vitest';
import { isOfSite, siteOf, typedSite } from './sites.ts';

describe('a site', () => {
  it.each([
    ['https://www.Example.org/a?b#c', 'example.org'],
    ['http://example.org.:8080/', 'example.org'],
    ['https://user:word@news.example.org/', 'news.example.org'],
    ['https://bücher.example/', 'xn--bcher-kva.example'],
    ['http://[::1]:80/', '[::1]'],
    ['file:///etc/hosts', undefined],
    ['about:blank', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %s is %s', (url, site) => expect(siteOf(url)).toBe(site));

  it.each([
    ['https://example.org/', true],
    ['https://www.example.org/x', true],
    ['https://a.b.example.org/', true],
    ['https://badexample.org/', false],
    ['https://example.org.evil.example/', false],
    ['https://evil.example/?https://example.org', false],
    ['data:text/html,example.org', false],
  ])('example.org has %s: %s', (url, is) => expect(isOfSite(url, 'example.org')).toBe(is));

  it.each([
    ['Example.org', 'example.org'],
    [' https://www.example.org/path ', 'example.org'],
    ['*.example.org', 'example.org'],
    ['localhost:3000', 'localhost'],
    ['two words', undefined],
    ['', undefined],
    ['https://', undefined],
  ])('typed as %j is %s', (typed, site) => expect(typedSite(typed)).toBe(site));
});
