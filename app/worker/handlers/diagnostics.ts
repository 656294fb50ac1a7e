/** What the Models page shows of the device and of what runs on it. */
import { toWire } from '../../protocol/errors.ts';
import type { Diagnostics } from '../../protocol/requests.ts';
import type { Engine } from '../models/engine.ts';
import type { ModelService } from '../models/model-service.ts';

/** Without a graphics adapter the rest is told, with the reason. */
export async function diagnosticsOf(
  engine: Pick<Engine, 'adapter'>,
  models: Pick<ModelService, 'snapshot' | 'cacheForm'>,
): Promise<Diagnostics> {
  const { stored, active } = models.snapshot();
  const cache = models.cacheForm();
  const { userAgent, hardwareConcurrency, deviceMemory } = navigator as Navigator & {
    deviceMemory?: number;
  };
  const device = {
    userAgent,
    cores: hardwareConcurrency,
    models: stored,
    active: active.kind,
    cache,
    memoryGiB: deviceMemory,
  };
  try {
    return { ...device, adapter: await engine.adapter() };
  } catch (error) {
    return { ...device, adapterError: toWire(error) };
  }
}
