/** How large a measured loss is, in a word and a number. */
import { percent, t } from '../../i18n/index.ts';
import { lossDegree } from '../../protocol/models/model-loss.ts';
import type { KeptSizeLoss } from '../../protocol/types.ts';

/** Near 100 % whole numbers would claim more than was measured. */
const share = ({ sameChoice }: KeptSizeLoss): string => percent(sameChoice, sameChoice > 0.99 ? 1 : 0);

/** A sentence, of the size that is stored. */
export const lossSentence = (size: KeptSizeLoss): string =>
  t('loss-agrees', { loss: t(`loss-${lossDegree(size)}`), share: share(size) });

/** A few words, beside the name of a size. */
export const lossText = (size: KeptSizeLoss | undefined): string =>
  size === undefined
    ? t('loss-unmeasured')
    : t('loss-size', { loss: t(`loss-${lossDegree(size)}`), share: share(size) });
