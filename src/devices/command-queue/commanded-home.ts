import type { HubClient } from '../../hub/hub-client.js';
import type { OwnCommands } from '../commands/own-commands.js';
import type { Kind } from '../things/kinds.js';
import type { Things } from '../things/things.js';

/** The properties of a home that its command queue uses. */
export interface CommandedHome {
  readonly client: Pick<HubClient, 'exclusive' | 'jobsAdded'>;
  readonly cache: {
    readonly things: Things;
    readonly own: OwnCommands;
    ageMs(kind: Kind): number;
    isReported(kind: Kind): boolean;
    requestedAt(kind: Kind): number;
    noteCommand(kinds: readonly Kind[]): void;
  };
  readonly loop: {
    readonly isUpToDate: boolean;
    readonly unwatchedMs: number;
    need(): () => void;
    next(): Promise<void>;
  };
  observe(subscriber: (answer: { source: string; isUpToDate: boolean; requestedAt: number }) => void): () => void;
  ensure(kinds: readonly Kind[], maxAgeMs: number): Promise<void>;
  noteSwitched(kind: Kind, body: string): void;
}
