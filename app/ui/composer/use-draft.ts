/** The text of the composer. It is stored until it is sent, and comes back if it could not be sent. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { draft, keepDraft, storeDraft } from '../state/draft.ts';

export function useDraft() {
  const [text, setShown] = useState(draft);
  const latest = useRef(text);
  // A page that closes becomes hidden first.
  useLayoutEffect(() => {
    document.addEventListener('visibilitychange', storeDraft);
    return () => {
      document.removeEventListener('visibilitychange', storeDraft);
      storeDraft();
    };
  }, []);
  const show = (shown: string) => {
    latest.current = shown;
    setShown(shown);
  };
  const setText = (typed: string) => {
    show(typed);
    keepDraft(typed);
  };
  /**
   * Empties the field while `question` is being sent. The stored draft keeps the question until `accepted` resolves.
   * If it resolves to false, the question is in the field again, before what was typed meanwhile.
   */
  const clearWhile = async (question: string, accepted: Promise<boolean>) => {
    show('');
    if (await accepted) keepDraft(latest.current);
    else setText([question, latest.current].filter((part) => part !== '').join('\n'));
  };
  return { text, setText, clearWhile };
}
