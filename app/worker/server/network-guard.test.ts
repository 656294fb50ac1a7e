import { expect, test } from 'vitest';
import { connectPolicy } from '../../../engine/index.ts';
import { closeNetwork, guardNetwork, type NetworkScope } from './network-guard.ts';

class Scope implements NetworkScope {
  readonly asked: string[] = [];
  readonly WebSocket = class {};
  readonly XMLHttpRequest = class {};
  fetch = (async (input: RequestInfo | URL) => {
    this.asked.push(String(input instanceof Request ? input.url : input));
    return new Response('');
  }) as typeof fetch;
}

const hosts = connectPolicy('connect-src https://hub.example', 'chrome-extension://abc/');

test('after the guard, a worker reaches the hosts of models, and what is returned reaches others', async () => {
  const scope = new Scope();
  const open = guardNetwork(scope, hosts);
  await scope.fetch('https://hub.example/model');
  await expect(scope.fetch('https://other.example/')).rejects.toThrow(TypeError);
  await expect(scope.fetch(new Request('http://192.168.1.5:11434/'))).rejects.toThrow(TypeError);
  await expect(scope.fetch(new URL('https://hub.example.evil/'))).rejects.toThrow(TypeError);
  expect(scope.asked).toEqual(['https://hub.example/model']);
  await open('http://192.168.1.5:11434/v1/models');
  expect(scope.asked).toHaveLength(2);
});

test('there is no other way out, and no way back', () => {
  const scope = new Scope();
  guardNetwork(scope, hosts);
  expect([scope.WebSocket, scope.XMLHttpRequest]).toEqual([undefined, undefined]);
  expect(() => {
    scope.fetch = async () => new Response('');
  }).toThrow(TypeError);
});

test('a worker that opens the files of strangers reaches nothing', async () => {
  const scope = new Scope();
  closeNetwork(scope);
  await expect(scope.fetch('https://hub.example/model')).rejects.toThrow(TypeError);
  expect(scope.asked).toEqual([]);
});
