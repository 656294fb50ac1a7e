/** The assistant in a tab of its own: where there is room, the list of conversations stands beside. */
import { useLayoutEffect, useState } from 'preact/hooks';
import { ChatsList } from './chats-list.tsx';
import { Assistant } from './assistant.tsx';
import type { AssistantController } from './assistant-controller.ts';

const WIDE = '(min-width: 860px)';

export function ChatTab({ state }: { state: AssistantController }) {
  const wide = useMedia(WIDE);
  return (
    <div class="chat-tab">
      {wide && (
        <aside>
          <ChatsList
            chats={state.chats}
            current={state.shown.value}
            onOpen={(conversation) => state.resume(conversation)}
          />
        </aside>
      )}
      <Assistant state={state} listBeside={wide} />
    </div>
  );
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useLayoutEffect(() => {
    const media = matchMedia(query);
    const follow = () => setMatches(media.matches);
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, [query]);
  return matches;
}
