import { expect, test } from 'vitest';
import { lossesOf, total } from './testing.ts';
import { fullAtEveryWrite } from './disk-full.ts';
import { endAtEveryAcknowledgement } from './sudden-end.ts';
import { damagedFiles, fullInImport } from './stored-files.ts';

test('a disk that is full at any write loses nothing that was acknowledged', async () => {
  const outcomes = await fullAtEveryWrite();
  expect(lossesOf(outcomes)).toEqual([]);
  expect(total(outcomes).times).toBeGreaterThan(50);
});

test('an end at the moment of any acknowledgement loses nothing that was acknowledged', async () => {
  const outcomes = await endAtEveryAcknowledgement();
  expect(lossesOf(outcomes)).toEqual([]);
  expect(total(outcomes).times).toBeGreaterThan(15);
});

test('a disk that is full at any moment of an import leaves what was there, and the import can be made again', async () => {
  const outcomes = await fullInImport();
  expect(lossesOf(outcomes)).toEqual([]);
  expect(total(outcomes).times).toBeGreaterThan(5);
});

test('each file of a stored model, damaged in any way, leaves the other model whole and can be replaced', async () => {
  const outcomes = await damagedFiles();
  expect(lossesOf(outcomes)).toEqual([]);
  expect(total(outcomes).times).toBeGreaterThan(40);
});
