import { expect, test } from 'vitest';
import { sentEvents } from './sse.ts';

async function* pieces(text: string, size: number) {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function eventsOf(text: string, size = 1_000) {
  const events = [];
  for await (const event of sentEvents(pieces(text, size))) events.push(event);
  return events;
}

test('events are the same in whatever pieces they come, and with every kind of line end', async () => {
  const text = ': comment\nid: 7\ndata: {"a":"ü"}\n\n:\n\ndata:one\ndata: two\nevent: x\n\ndata: [DONE]\n\n';
  const events = [{ data: '{"a":"ü"}' }, { data: 'one\ntwo', name: 'x' }, { data: '[DONE]' }];
  for (const size of [1, 2, 3, 7, 1000]) {
    expect(await eventsOf(text, size), `${size}`).toEqual(events);
    expect(await eventsOf(text.replaceAll('\n', '\r\n'), size), `${size}, CR LF`).toEqual(events);
  }
  expect(await eventsOf(text.replaceAll('\n', '\r'))).toEqual(events);
});

test('an error that is no data, and an event without an empty line at the end, count', async () => {
  expect(await eventsOf('error: {"code":500}\n\ndata: x')).toEqual([
    { name: 'error', data: '{"code":500}' },
    { data: 'x' },
  ]);
});

test('an event without an end is refused before it fills the memory', async () => {
  const endless = async function* () {
    for (;;)
      yield new TextEncoder().encode('data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n'.repeat(200));
  };
  const line = async function* () {
    for (;;) yield new TextEncoder().encode('x'.repeat(10_000));
  };
  for (const bytes of [endless(), line()]) {
    const read = async () => {
      for await (const _ of sentEvents(bytes));
    };
    await expect(read()).rejects.toMatchObject({ code: 'server-unlike' });
  }
});
