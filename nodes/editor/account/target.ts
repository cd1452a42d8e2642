import { DEFAULT_CLOUD_URL } from '../../../src/input.js';
import type { AccountKey } from '../shared/catalogue.js';
import { isCloudUrl, isEmail, isFromEnv } from '../shared/checks.js';
import type { Target } from './api.js';

/** What stands in the dialog, and what that means. */
export interface Typed {
  email: string;
  cloudUrl: string;
  /** The deployed account has this very address. */
  isDeployedEmail: boolean;
  /** The deployed account has this very cloud. */
  isDeployedCloud: boolean;
  /** An address is known for when none is typed. */
  hasKnownEmail: boolean;
  /** The login waits for a Deploy. */
  isWaiting: boolean;
}

/** The field that has to be corrected, and the sentence that says how. */
export interface Correction {
  field: 'email' | 'cloudUrl';
  sentence: AccountKey;
}

/** Whom a code or a login is for; what a variable holds is left to the deployed account. */
export function readTarget(typed: Typed): { target: Target } | { correction: Correction } {
  const correction = correctionOf(typed);
  if (correction !== undefined) return { correction };
  const { email, cloudUrl, isWaiting } = typed;
  const target: Target = {};
  if (email !== '' && !isFromEnv(email)) target.email = email;
  if (!isFromEnv(cloudUrl) && (cloudUrl !== '' || isWaiting)) target.cloudUrl = cloudUrl || DEFAULT_CLOUD_URL;
  return { target };
}

function correctionOf(typed: Typed): Correction | undefined {
  const { email, cloudUrl } = typed;
  if (isFromEnv(email) && !typed.isDeployedEmail) return { field: 'email', sentence: 'invalid.deployFirst' };
  if (isFromEnv(cloudUrl) && !typed.isDeployedCloud) return { field: 'cloudUrl', sentence: 'invalid.deployFirst' };
  if (email === '' && !typed.hasKnownEmail) return { field: 'email', sentence: 'error.COZIFY_NO_EMAIL' };
  if (email !== '' && !isFromEnv(email) && !isEmail(email)) return { field: 'email', sentence: 'invalid.email' };
  if (!isFromEnv(cloudUrl) && !isCloudUrl(cloudUrl)) return { field: 'cloudUrl', sentence: 'invalid.cloudUrl' };
  return undefined;
}
