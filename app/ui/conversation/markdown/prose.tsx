/**
 * Shows a model's answer as Markdown (markdown.tsx). The parser is the largest part of a page, so it is loaded with the first
 * answer and not with the page; until then the answer stands there as it is written.
 */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { MarkdownProps } from './markdown.tsx';

const markdown = signal<typeof import('./markdown.tsx')['Markdown'] | undefined>(undefined);
let loading: Promise<void> | undefined;

export function loadMarkdown(): Promise<void> {
  loading ??= import('./markdown.tsx').then(
    (module) => {
      markdown.value = module.Markdown;
    },
    () => {
      // The next answer tries again; this one stays text.
      loading = undefined;
    },
  );
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
