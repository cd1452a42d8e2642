import type { Translate } from './catalogue.js';

/** The things to which an empty choice refers. */
export interface Meant {
  total: number;
  /** The names of their kinds; empty if they are simply devices. */
  kinds: readonly string[];
  /** The names of their rooms; empty for all rooms. */
  rooms: readonly string[];
  /** Whether a message may name other things. */
  isReading: boolean;
}

/** Describes the meaning of an empty choice. */
export function nothingText({ total: count, kinds, rooms, isReading }: Meant, t: Translate): string {
  const isEverything = kinds.length === 0 && rooms.length === 0;
  if (count === 0 && !isEverything && !isReading) return t('nothing.nowhere');
  const words = {
    count,
    kinds: kinds.length === 0 ? t('nothing.devices') : listText(kinds, t),
    rooms: listText(rooms, t),
  };
  if (isReading && isEverything) return t('nothing.otherwiseAll', words);
  if (isReading) return t(rooms.length === 0 ? 'nothing.otherwise' : 'nothing.otherwiseIn', words);
  if (isEverything) return t(count === 1 ? 'nothing.oneAtHome' : 'nothing.home', words);
  if (count === 1) return t(rooms.length === 0 ? 'nothing.oneOf' : 'nothing.oneIn', words);
  return t(rooms.length === 0 ? 'nothing.some' : 'nothing.in', words);
}

function listText(names: readonly string[], t: Translate): string {
  const [last = '', ...others] = names.toReversed();
  return others.length === 0 ? last : t('nothing.and', { some: others.toReversed().join(', '), last });
}
