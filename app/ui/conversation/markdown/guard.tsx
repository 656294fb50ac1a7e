/** Shows a part of a text; as it is written, where showing it fails. */
import { Component, type ComponentChildren } from 'preact';
import { Plain } from './block-view.tsx';

interface GuardProps {
  readonly source: string;
  readonly children: ComponentChildren;
}

interface GuardState {
  /** The source that could not be shown. */
  readonly failed?: string;
}

export class Guard extends Component<GuardProps, GuardState> {
  override state: GuardState = {};

  override componentDidCatch(): void {
    this.setState({ failed: this.props.source });
  }

  override render({ source, children }: GuardProps, { failed }: GuardState) {
    return failed === source ? <Plain text={source} /> : children;
  }
}
