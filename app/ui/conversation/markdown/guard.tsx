/** Shows parts of a text; as they are written, where showing them fails. */
import { Component, type ComponentChildren } from 'preact';
import { Plain } from './block-view.tsx';
import type { MarkdownPart } from './stream.ts';

interface GuardProps {
  readonly parts: readonly MarkdownPart[];
  readonly children: ComponentChildren;
}

interface GuardState {
  /** The source that could not be shown. */
  readonly failed?: string;
}

export class Guard extends Component<GuardProps, GuardState> {
  override state: GuardState = {};

  override componentDidCatch(): void {
    this.setState({ failed: sourceOf(this.props.parts) });
  }

  override render({ parts, children }: GuardProps, { failed }: GuardState) {
    // The source is joined after a failure only: this runs for each part at each token.
    return failed !== undefined && failed === sourceOf(parts) ? <Plain text={failed} /> : children;
  }
}

const sourceOf = (parts: readonly MarkdownPart[]): string => parts.map(({ source }) => source).join('');
