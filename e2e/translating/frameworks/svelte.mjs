/** The page of frameworks.spec.ts in Svelte. */
import { flushSync, mount as mountApp, unmount } from 'svelte';
import App from './App.svelte';

export function mount(root) {
  const app = mountApp(App, { target: root });
  flushSync();
  return {
    step() {
      app.step();
      flushSync();
    },
    unmount: () => void unmount(app),
  };
}
