/** What a hub has, in the order in which a name is looked for among them. */
export const KINDS = ['device', 'group', 'scene', 'rule', 'alarm', 'room'] as const;

/** One of {@link KINDS}. */
export type Kind = (typeof KINDS)[number];

/** The key of a thing within its home: kind and id. */
export function thingKey({ kind, id }: { readonly kind: Kind; readonly id: string }): string {
  return `${kind} ${id}`;
}
