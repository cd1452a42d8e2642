import { DEFAULT_CLOUD_URL } from '../../../src/input.js';
import type { AccountKey } from '../shared/catalogue.js';
import { isCloudUrl, isEmail, isFromEnv } from '../shared/checks.js';
import type { Target } from './api.js';

/** The content of the dialog's fields, compared with the deployed account. */
export interface Typed {
  email: string;
  cloudUrl: string;
  isDeployedEmail: boolean;
  isDeployedCloud: boolean;
  /** Whether an address is known that can be used if the field is empty. */
  hasKnownEmail: boolean;
  /** Whether the login is pending until a Deploy. */
  isPending: boolean;
}

/** A field that has to be corrected, with the text that says how. */
export interface Correction {
  field: 'email' | 'cloudUrl';
  textKey: AccountKey;
}

/** Returns the account that a code or a login is for. A variable's value is left to the deployed account. */
export function readTarget(typed: Typed): { target: Target } | { correction: Correction } {
  const correction = correctionOf(typed);
  if (correction !== undefined) return { correction };
  const { email, cloudUrl, isPending } = typed;
  const target: Target = {};
  if (email !== '' && !isFromEnv(email)) target.email = email;
  if (!isFromEnv(cloudUrl) && (cloudUrl !== '' || isPending)) target.cloudUrl = cloudUrl || DEFAULT_CLOUD_URL;
  return { target };
}

function correctionOf(typed: Typed): Correction | undefined {
  const { email, cloudUrl } = typed;
  if (isFromEnv(email) && !typed.isDeployedEmail) return { field: 'email', textKey: 'invalid.deployFirst' };
  if (isFromEnv(cloudUrl) && !typed.isDeployedCloud) return { field: 'cloudUrl', textKey: 'invalid.deployFirst' };
  if (email === '' && !typed.hasKnownEmail) return { field: 'email', textKey: 'error.COZIFY_NO_EMAIL' };
  if (email !== '' && !isFromEnv(email) && !isEmail(email)) return { field: 'email', textKey: 'invalid.email' };
  if (!isFromEnv(cloudUrl) && !isCloudUrl(cloudUrl)) return { field: 'cloudUrl', textKey: 'invalid.cloudUrl' };
  return undefined;
}
