/** The events of an account, by their topic in the events node. */
export const ACCOUNT_TOPICS = [
  'authenticated',
  'otp-sent',
  'otp-required',
  'refreshed',
  'refresh-failed',
  'recovered',
  'reset',
  'hubs',
] as const;

/** A topic of the events of an account, see {@link ACCOUNT_TOPICS}. */
export type AccountTopic = (typeof ACCOUNT_TOPICS)[number];
