/** The browser and the model server that steps share. A browser is replaced after so many steps, or when one failed. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bigFiles, bigTensors } from '../../engine/testing/big-import.ts';
import { ModelServer } from '../../scripts/testing/model-server.ts';
import { LinnetBrowser } from '../harness/browser.ts';
import { defaults } from '../harness/launch-options.ts';
import { Driver } from './driver.ts';
import { seeded } from './random.ts';
import type { FaultOutcome, Step, FaultSetting } from './step.ts';

/** Lists of the product are read after each fault, so a browser is left before they are long. */
const STEPS_PER_BROWSER = 40;
/** Bytes a second: an import lasts seconds, so that faults come in its midst. */
const RATE = 400_000;
/** Rows of the embedding of the model that is imported: 2 MB. */
const ROWS = 25_000;

export class Session {
  private linnet: LinnetBrowser | undefined;
  private driver: Driver | undefined;
  private hub: ModelServer | undefined;
  private steps = 0;
  /** A copy, since some faults change it. */
  private readonly extension = mkdtempSync(join(tmpdir(), 'linnet-faults-'));

  constructor() {
    cpSync(defaults.extension, this.extension, { recursive: true });
  }

  /** Runs a step; its random numbers depend on `seed` alone. */
  async run(step: Step, seed: number): Promise<FaultOutcome> {
    if (step.inNode === true)
      return step.run({
        get driver(): never {
          throw new Error('no browser');
        },
        hub: '',
      });
    if (step.alone === true || this.steps++ >= STEPS_PER_BROWSER) await this.leave();
    try {
      const outcome = await step.run(await this.surroundings(seed));
      if (step.alone === true) await this.leave();
      return outcome;
    } catch (error) {
      await this.leave();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.leave();
    this.hub?.close();
    rmSync(this.extension, { recursive: true, force: true });
  }

  private async surroundings(seed: number): Promise<FaultSetting> {
    this.hub ??= await new ModelServer(bigFiles(bigTensors(ROWS)), { rate: RATE }).listen();
    if (this.linnet === undefined) {
      this.linnet = new LinnetBrowser({ ...defaults, extension: this.extension, outlivesInterrupt: true });
      await this.linnet.launch();
      this.driver = new Driver(this.linnet, seeded(seed));
      await this.driver.demoModel();
    }
    const driver = this.driver!;
    driver.random = seeded(seed);
    return { driver, hub: this.hub.url };
  }

  private async leave(): Promise<void> {
    const { linnet } = this;
    this.linnet = undefined;
    this.driver = undefined;
    this.steps = 0;
    await linnet?.close().catch((error: unknown) => console.log(`a browser did not close: ${error}`));
  }
}
