/**
 * Sets a formula with KaTeX, which is loaded with the first formula. Its LaTeX is not trusted: it is short, may neither link
 * nor define nor hide anything, and is shown as it is written where it cannot be set.
 */
import { signal } from '@preact/signals';
import { memo } from 'preact/compat';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { LONGEST_FORMULA, showsAll } from './formulas.ts';

type Katex = typeof import('katex')['default'];

const katex = signal<Katex | undefined>(undefined);
let loading: Promise<void> | undefined;

function load(): Promise<void> {
  loading ??= Promise.all([import('katex'), import('katex/dist/katex.min.css')])
    .then(([module]) => {
      katex.value = module.default;
    })
    .catch(() => {
      // The next formula tries again; this one stays text.
      loading = undefined;
    });
  return loading;
}

/** Formulas that are set before the page is drawn again. */
const AT_ONCE = 24;
let left = AT_ONCE;
let waiting: (() => void)[] = [];

/** Runs `work` now or in a later turn, so that many formulas do not block the page. Returns a function that cancels it. */
function inTurn(work: () => void): () => void {
  if (left === AT_ONCE) setTimeout(nextTurn);
  if (left > 0) {
    left--;
    work();
    return () => {};
  }
  waiting.push(work);
  return () => {
    waiting = waiting.filter((other) => other !== work);
  };
}

function nextTurn(): void {
  left = AT_ONCE;
  const now = waiting.slice(0, AT_ONCE);
  waiting = waiting.slice(AT_ONCE);
  if (now.length > 0) {
    left = 0;
    setTimeout(nextTurn);
  }
  for (const work of now) work();
}

interface FormulaProps {
  readonly tex: string;
  /** As it is written, with its marks. */
  readonly source: string;
  readonly display: boolean;
}

/** The formula within a line or, with `display`, on a line of its own. */
export const Formula = memo(({ tex, source, display }: FormulaProps) => {
  const place = useRef<HTMLSpanElement>(null);
  const [isSet, setIsSet] = useState(false);
  const fits = tex.length <= LONGEST_FORMULA && showsAll(tex);
  const loaded = katex.value;
  useLayoutEffect(() => {
    setIsSet(false);
    if (!fits) return undefined;
    if (loaded === undefined) {
      void load();
      return undefined;
    }
    return inTurn(() => setIsSet(place.current !== null && typeset(loaded, tex, display, place.current)));
  }, [loaded, tex, display, fits]);
  return (
    <span class={`formula${display ? ' display' : ''}`} dir="ltr" tabIndex={display ? 0 : undefined}>
      <span ref={place} hidden={!isSet} />
      {!isSet && <code>{source}</code>}
    </span>
  );
});

/** Returns whether the formula was set. */
function typeset(loaded: Katex, tex: string, display: boolean, place: HTMLElement): boolean {
  try {
    loaded.render(tex, place, {
      displayMode: display,
      output: 'htmlAndMathml',
      throwOnError: true,
      strict: 'ignore',
      trust: false,
      // Lengths in em, and macros that expand into others.
      maxSize: 20,
      maxExpand: 100,
    });
    return true;
  } catch {
    place.replaceChildren();
    return false;
  }
}
