import type { HubSnapshot, Snapshot } from '../../src/account/snapshot';

/** Describes a hub in one phrase: its name, address, transport and version. */
export function hubInWords({ name, host, remote, version, default: isDefault }: HubSnapshot): string {
  const transport = remote ? 'through the cloud' : `on the LAN at ${host ?? '?'}`;
  return `${name} ${transport}, version ${version ?? 'unknown'}${isDefault ? ', the default' : ''}`;
}

/** Formats a time in UTC. */
export function timeInWords(iso: string | null): string {
  return iso === null ? 'never' : `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** Describes the login in one phrase. */
export function loginInWords({ state, expiresAt, nextRefresh }: Snapshot): string {
  return `${state}, valid until ${timeInWords(expiresAt)}, next renewal ${timeInWords(nextRefresh)}`;
}

/** Shortens a token, so that different tokens look different but the text can't be used as a token. */
export function tokenInWords(token: string): string {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  return `${token.slice(0, 6)}… (${token.length} characters, signature ${signature.slice(0, 4)}…)`;
}
