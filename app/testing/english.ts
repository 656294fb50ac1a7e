/** Setup of the unit tests of views: all English texts, which pages of the extension load before they draw. */
import { en } from '../i18n/en.ts';
import { useTexts } from '../i18n/index.ts';

useTexts('en', en);
