/** The assistant in its own tab. A wide tab shows the list of conversations beside it. */
import { useLayoutEffect, useState } from 'preact/hooks';
import { ChatsList } from './chats/chats-list.tsx';
import { Assistant } from './assistant.tsx';
import type { AssistantController } from './assistant-controller.ts';

const WIDE = '(min-width: 860px)';

export function ChatTab({ controller }: { controller: AssistantController }) {
  const wide = useMedia(WIDE);
  return (
    <div class="chat-tab">
      {wide && (
        <aside>
          <ChatsList
            chats={controller.chats}
            current={controller.shown.value}
            onOpen={(conversation) => controller.resume(conversation)}
          />
        </aside>
      )}
      <Assistant controller={controller} listBeside={wide} />
    </div>
  );
}

/** Whether a media query matches now. */
function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useLayoutEffect(() => {
    const media = matchMedia(query);
    const update = () => setMatches(media.matches);
    media.addEventListener('change', update);
    return () => media.removeEventListener('change', update);
  }, [query]);
  return matches;
}
