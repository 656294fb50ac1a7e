/**
 * Shows a model's answer as Markdown (markdown.tsx). The parser is the largest part of a page, so it is loaded with the first
 * answer and not with the page. An answer without the parser is shown as it is written.
 */
import { type Signal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { MarkdownProps } from './markdown.tsx';

const markdown = signal<typeof import('./markdown.tsx')['Markdown'] | undefined>(undefined);
let loading: Promise<void> | undefined;

/** The parser is loaded, or could not be. A view that waits for this shows its answers once, and nothing in it shifts. */
export const answersReady: Signal<boolean> = signal(false);

export function loadMarkdown(): Promise<void> {
  loading ??= import('./markdown.tsx')
    .then(
      (module) => {
        markdown.value = module.Markdown;
      },
      () => {
        // The next answer tries again; until then all of them are text.
        loading = undefined;
      },
    )
    .then(() => {
      answersReady.value = true;
    });
  return loading;
}

export function Prose(props: MarkdownProps) {
  useEffect(() => void loadMarkdown(), []);
  const Markdown = markdown.value;
  if (Markdown !== undefined) return <Markdown {...props} />;
  return (
    <div class="prose" dir={props.dir ?? 'auto'}>
      <p class="plain">{props.text}</p>
    </div>
  );
}
