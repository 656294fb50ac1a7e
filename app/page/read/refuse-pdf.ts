import { AppError } from '../../protocol/errors.ts';
import { contentType } from '../dom/pristine.ts';

/** Throws `page-pdf`: the browser displays PDF files in its own viewer, which extension scripts cannot read. */
export function refusePdf(doc: Document): void {
  if (contentType(doc) === 'application/pdf')
    throw new AppError('page-pdf', { who: 'page', message: 'Linnet cannot read PDF files yet' });
}
