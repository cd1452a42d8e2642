// Child process that renews its token without a pause, so that a test can kill it during a renewal.
import { openAccount } from './file-account.js';

/** A message from the child to its parent. */
export type ChildNews =
  | { is: 'started'; ping: boolean; state: string; token: string }
  | { is: 'renewed'; isSaved: boolean };

/**
 * Opens the account in the folder, asks the cloud whether its token is valid, and then renews until the test kills the
 * process.
 */
async function main(folder: string, cloudUrl: string): Promise<never> {
  const { account, start } = openAccount(folder, cloudUrl);
  start();
  await account.ready;
  const { value: token } = await account.token().catch(() => ({ value: '' }));
  const { value } = await account.ping({ autorefresh: false });
  report({ is: 'started', ping: value, state: account.snapshot().state, token });
  for (;;) {
    const { isRefreshed } = await account.refresh({ force: true });
    if (isRefreshed) report({ is: 'renewed', isSaved: account.snapshot().saved });
    // Waits, because there is nothing to renew without a login.
    else await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function report(news: ChildNews): void {
  process.send?.(news);
}

const [folder = '', cloudUrl = ''] = process.argv.slice(2);
void main(folder, cloudUrl).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
