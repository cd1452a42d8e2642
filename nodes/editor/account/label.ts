/** What is known of an account that may serve as its name. */
export interface NamedAccount {
  id: string;
  name?: string;
  /** The address as far as the editor has it: Node-RED loads it with the dialog only. */
  credentials?: { email?: string };
}

const NAMELESS = 'Cozify';
/** How much of an id tells accounts apart that have nothing else. */
const ID_LENGTH = 4;

/**
 * What an account is called: its name, else its address, else what Node-RED tells of it. With none of these the first
 * is "Cozify"; where several have none, the beginning of the id tells them apart.
 */
export function nameOfAccount(
  account: NamedAccount,
  heard: (id: string) => string | undefined,
  others: readonly NamedAccount[],
): string {
  const name = knownName(account, heard);
  if (name !== undefined) return name;
  const isAlone = others.every((other) => other.id === account.id || knownName(other, heard) !== undefined);
  return isAlone ? NAMELESS : `${NAMELESS} ${account.id.slice(0, ID_LENGTH)}`;
}

function knownName(account: NamedAccount, heard: (id: string) => string | undefined): string | undefined {
  return account.name || account.credentials?.email || heard(account.id);
}

/**
 * The name that an account gets at its first login: that of its default hub, else its address; both where another
 * account has that name already. `undefined` where neither is known.
 */
export function nameAtFirstLogin(
  hubs: readonly { name: string; default: boolean }[],
  email: string | null,
  taken: ReadonlySet<string>,
): string | undefined {
  const hub = (hubs.find((it) => it.default) ?? hubs[0])?.name.trim() ?? '';
  if (hub === '') return email ?? undefined;
  return taken.has(hub) && email !== null ? `${hub} (${email})` : hub;
}
