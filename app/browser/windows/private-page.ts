/** Whether a content script runs in a private window. */
import { browser } from 'wxt/browser';

export const inPrivatePage = (): boolean => browser.extension?.inIncognitoContext === true;
