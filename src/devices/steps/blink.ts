import { badInput } from '../../errors.js';
import { expectOk } from '../../http/response.js';
import { isLamp } from '../things/abilities.js';
import { nameOf, type ThingName } from './command-step.js';
import { identifyElement } from '../commands/commands.js';
import type { Homes } from '../homes/homes.js';
import { FOR_COMMANDS } from '../homes/cache-policy.js';
import type { Target } from '../targets/targets.js';

/**
 * Makes a lamp blink, so that a person sees which it is; gives which that was. Throws `COZIFY_BAD_INPUT` for what is no
 * lamp, and as {@link Homes.find} and the hub's client.
 */
export async function blink(homes: Homes, target: Target): Promise<ThingName> {
  const found = await homes.find(target, '', FOR_COMMANDS);
  const { entry, live } = found;
  if (entry.kind !== 'device' || !isLamp(entry)) {
    throw badInput(`"${entry.name}" is not a lamp: only lamps can blink.`);
  }
  const body = JSON.stringify([identifyElement(entry)]);
  const answer = await live.client.request({ method: 'PUT', path: '/devices/command', body });
  expectOk(answer);
  return nameOf(found);
}
