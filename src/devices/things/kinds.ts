/** The maximum age of states that count as current, in milliseconds. */
export const STATES_MAX_AGE_MS = 3_000;

/** Kinds of things of a hub, in the order in which names are resolved. */
export const KINDS = ['device', 'group', 'scene', 'rule', 'alarm', 'room'] as const;

/** The kind of a thing. */
export type Kind = (typeof KINDS)[number];

/** Kinds whose names are shown with a device, and are in each message about a device: its room and its groups. */
export const KINDS_SHOWN_WITH_DEVICES: readonly Kind[] = ['room', 'group'];

/** The key of a thing within its home: kind and id. */
export function thingKey({ kind, id }: { readonly kind: Kind; readonly id: string }): string {
  return `${kind} ${id}`;
}
