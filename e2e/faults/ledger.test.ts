import { describe, expect, it } from 'vitest';
import { Ledger } from './ledger.ts';

const found = (values: Record<string, string>) => new Map(Object.entries(values));

describe('the ledger', () => {
  it('reports what was acknowledged and is missing or other, once', () => {
    const ledger = new Ledger();
    ledger.acknowledge({ 'term/a': 'A', 'term/b': 'B' });
    expect(ledger.compare(found({ 'term/a': 'A', 'term/b': 'B' }))).toEqual([]);
    expect(ledger.compare(found({ 'term/a': 'X' }))).toEqual([
      { key: 'term/a', expected: ['A'], got: 'X' },
      { key: 'term/b', expected: ['B'], got: undefined },
    ]);
    expect(ledger.compare(found({ 'term/a': 'X' }))).toEqual([]);
    expect(ledger.acknowledged).toBe(1);
  });

  it('accepts both values of a write without a reply, then only the one that was found', () => {
    const ledger = new Ledger();
    ledger.acknowledge({ setting: '1' });
    ledger.begin({ setting: '2' });
    expect(ledger.compare(found({ setting: '2' }))).toEqual([]);
    expect(ledger.compare(found({ setting: '1' }))).toHaveLength(1);
  });

  it('accepts a removal without a reply, and reports what comes back after an acknowledged one', () => {
    const ledger = new Ledger();
    ledger.acknowledge({ 'term/a': 'A' });
    ledger.begin({ 'term/a': undefined });
    expect(ledger.compare(found({ 'term/a': 'A' }))).toEqual([]);
    ledger.acknowledge({ 'term/a': undefined });
    expect(ledger.compare(found({ 'term/a': 'A' }))).toHaveLength(1);
  });

  it('leaves out what the fault itself took', () => {
    const ledger = new Ledger();
    ledger.acknowledge({
      'conversation/1': 'listed',
      'conversation/1/title': 'T',
      'conversation/10': 'listed',
    });
    ledger.exempt('conversation/1');
    expect(ledger.compare(found({ 'conversation/10': 'listed' }))).toEqual([]);
  });
});
