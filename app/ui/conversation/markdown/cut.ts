/**
 * Cuts a growing text in Markdown where one block surely ends and another begins, so that only what follows the last cut
 * changes while more is written. Items of a list are cut from each other too. Reads each line once.
 */
import {
  closesFence,
  fenceAt,
  formulaAt,
  indentOf,
  isBlank,
  isHeading,
  isQuote,
  listMarkAt,
} from './lines.ts';

/** What the lines before belong to. Nothing is cut within code and formulas (`open`). */
type CutState =
  | { readonly kind: 'text' | 'quote' }
  | { readonly kind: 'item'; readonly type: string }
  | { readonly kind: 'open'; readonly fence: boolean; readonly closes: (line: string) => boolean };

interface LineCut {
  /** A block begins with the line. */
  readonly cut: boolean;
  /** The line is the next item of the list before. */
  readonly joins: boolean;
}

const TEXT: CutState = { kind: 'text' };
const NONE: LineCut = { cut: false, joins: false };

export class LineCutter {
  private state: CutState;
  private afterBlank: boolean;

  constructor(like?: LineCutter) {
    this.state = like?.state ?? TEXT;
    this.afterBlank = like?.afterBlank ?? true;
  }

  /** Whether the lines read last are code that has not ended. */
  get inCode(): boolean {
    return this.state.kind === 'open' && this.state.fence;
  }

  /** Reads the next line. */
  read(line: string): LineCut {
    const { state, afterBlank } = this;
    this.afterBlank = isBlank(line);
    if (state.kind === 'open') {
      if (state.closes(line)) {
        this.state = TEXT;
        // The next line begins a block, as after an empty one.
        this.afterBlank = true;
      }
      return NONE;
    }
    // A line further to the right belongs to the item above it.
    if (this.afterBlank || (state.kind === 'item' && indentOf(line) > 1)) return NONE;
    const begun = stateAt(line);
    const joins = state.kind === 'item' && begun.kind === 'item' && begun.type === state.type;
    const cut = joins || afterBlank || interruptsState(state, begun, line);
    if (cut) this.state = begun;
    return { cut, joins };
  }
}

function stateAt(line: string): CutState {
  if (indentOf(line) > 1 || line.startsWith('\t')) return TEXT;
  const mark = listMarkAt(line);
  if (mark !== undefined) return { kind: 'item', type: mark.type };
  if (isQuote(line)) return { kind: 'quote' };
  const fence = fenceAt(line);
  if (fence !== undefined)
    return { kind: 'open', fence: true, closes: (next) => closesFence(next, fence.mark) };
  const formula = formulaAt(line);
  if (formula === undefined || formula.text.includes(formula.end)) return TEXT;
  return { kind: 'open', fence: false, closes: (next) => isBlank(next) || next.includes(formula.end) };
}

/** Whether a line ends what is above it, though there is no empty line between. */
function interruptsState(state: CutState, begun: CutState, line: string): boolean {
  if (begun.kind === 'text') return isHeading(line) && indentOf(line) < 2;
  if (begun.kind === 'quote') return state.kind !== 'quote';
  if (begun.kind !== 'item' || state.kind === 'item') return true;
  const mark = listMarkAt(line);
  return mark !== undefined && !isBlank(mark.text) && (mark.number ?? 1) === 1;
}
