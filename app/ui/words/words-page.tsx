/** The page with the word list: words that a person kept while reading, with their sentences. */
import { date, ownName, t } from '../../i18n/index.ts';
import { keyOfWord, type KeptWord } from '../../protocol/page/words.ts';
import { siteOf } from '../../text/sites/sites.ts';
import { saveFile } from '../files/save-file.ts';
import { ErrorNote } from '../kit/error-note.tsx';
import { IconButton } from '../kit/icon-button.tsx';
import { Bird, Icon } from '../kit/icons.tsx';
import { NoticeList } from '../kit/notice-list.tsx';
import type { WordsController } from './words-controller.ts';

interface ControllerProps {
  readonly controller: WordsController;
}

export function WordsPage({ controller }: ControllerProps) {
  const failure = controller.failure.value;
  return (
    <main class="list-page">
      <header>
        <Bird size={44} />
        <div>
          <h1>{t('words-title')}</h1>
          <p class="soft">{t('words-intro')}</p>
        </div>
      </header>
      {failure !== undefined && <ErrorNote error={failure} />}
      <NoticeList notices={controller.notices.value} />
      {controller.words.value !== undefined && <Words controller={controller} />}
    </main>
  );
}

function Words({ controller }: ControllerProps) {
  const words = controller.words.value ?? [];
  const found = controller.found.value;
  return (
    <>
      {words.length > 0 && (
        <input
          type="search"
          class="field"
          aria-label={t('words-search')}
          placeholder={t('words-search')}
          value={controller.find.value}
          onInput={({ currentTarget }) => {
            controller.find.value = currentTarget.value;
          }}
        />
      )}
      <div role="status" class="said small soft">
        {controller.message.value !== '' && <p>{controller.message.value}</p>}
        {controller.removed.value !== undefined && (
          <button type="button" class="button little" onClick={() => void controller.undoRemove()}>
            <Icon name="undo" />
            {t('undo')}
          </button>
        )}
        {words.length > 0 && found.length === 0 && <p>{t('words-found-none')}</p>}
      </div>
      {words.length === 0 && <p class="soft">{t('words-none')}</p>}
      {found.length > 0 && (
        <ul aria-label={t('words-title')}>
          {found.map((word) => (
            <li key={JSON.stringify(keyOfWord(word))}>
              <Word word={word} onRemove={() => void controller.remove(word)} />
            </li>
          ))}
        </ul>
      )}
      {words.length > 0 && <Files controller={controller} />}
    </>
  );
}

function Word({ word: kept, onRemove }: { word: KeptWord; onRemove(): void }) {
  const { word, translation, wordClass, sense, sentence, from, to, url, keptAt } = kept;
  const site = siteOf(url);
  return (
    <div class="word">
      <p class="pair">
        <bdi lang={from}>{word}</bdi>{' '}
        <span class="arrow" aria-hidden="true">
          →
        </span>{' '}
        <bdi lang={to}>{translation}</bdi>{' '}
        {wordClass !== undefined && <em class="soft small">{t(`word-class-${wordClass}`)}</em>}
      </p>
      {sense !== undefined && (
        <p class="small" dir="auto" lang={to}>
          {sense}
        </p>
      )}
      {sentence !== undefined && (
        <blockquote class="small" dir="auto" lang={from}>
          {sentence}
        </blockquote>
      )}
      <p class="small soft facts">
        <bdi>{ownName(to)}</bdi>
        <span>{date(keptAt)}</span>
        {site !== undefined && (
          <a href={url} target="_blank" rel="noreferrer" title={t('words-page')}>
            <bdi>{site}</bdi>
          </a>
        )}
      </p>
      <IconButton icon="bin" label={t('words-remove', { word })} onClick={onRemove} />
    </div>
  );
}

function Files({ controller }: ControllerProps) {
  return (
    <div class="files">
      <button
        type="button"
        class="button"
        onClick={() => saveFile('linnet-words.csv', 'text/csv', controller.csv())}
      >
        <Icon name="download" />
        {t('words-export-csv')}
      </button>
      <button
        type="button"
        class="button"
        onClick={() => saveFile('linnet-words.txt', 'text/tab-separated-values', controller.anki())}
      >
        <Icon name="download" />
        {t('words-export-anki')}
      </button>
      <p class="small soft">{t('words-export-hint')}</p>
    </div>
  );
}
