/** The facts from which an account's label is made. */
export interface NamedAccount {
  id: string;
  name?: string;
  /** The address, if the editor has it: Node-RED loads it only when the dialog opens. */
  credentials?: { email?: string };
}

const NAMELESS = 'Cozify';
/** Number of characters of an id in the label of an account without name and address. */
const ID_LENGTH = 4;

/**
 * Returns the label of an account: its name, else its address, else the name that Node-RED has published. If none is
 * known, the label is "Cozify", with the beginning of the id if several accounts have neither name nor address.
 */
export function nameOfAccount(
  account: NamedAccount,
  publishedName: (id: string) => string | undefined,
  others: readonly NamedAccount[],
): string {
  const name = knownName(account, publishedName);
  if (name !== undefined) return name;
  const isOnlyUnnamed = others.every(
    (other) => other.id === account.id || knownName(other, publishedName) !== undefined,
  );
  return isOnlyUnnamed ? NAMELESS : `${NAMELESS} ${account.id.slice(0, ID_LENGTH)}`;
}

function knownName(account: NamedAccount, publishedName: (id: string) => string | undefined): string | undefined {
  return account.name || account.credentials?.email || publishedName(account.id);
}

/**
 * Returns the name that an account gets at its first login: its default hub's name, else its address; both if another
 * account already has that name. Returns `undefined` if neither is known.
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
