import type { HubSnapshot, Snapshot } from '../../src/account/snapshot';

/** A hub in one phrase: its name, where it is, how it is reached and its version. */
export function hubInWords({ name, host, remote, version, default: isDefault }: HubSnapshot): string {
  const way = remote ? 'through the cloud' : `on the LAN at ${host ?? '?'}`;
  return `${name} ${way}, version ${version ?? 'unknown'}${isDefault ? ', the default' : ''}`;
}

/** A time as a person reads it, in UTC. */
export function timeInWords(iso: string | null): string {
  return iso === null ? 'never' : `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** How the login stands, in one phrase. */
export function loginInWords({ state, expiresAt, nextRefresh }: Snapshot): string {
  return `${state}, valid until ${timeInWords(expiresAt)}, next renewal ${timeInWords(nextRefresh)}`;
}

/** The first characters of a token: enough to tell two apart, of no use to anybody. */
export function tokenInWords(token: string): string {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  return `${token.slice(0, 6)}… (${token.length} characters, signature ${signature.slice(0, 4)}…)`;
}
