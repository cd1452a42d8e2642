import type { SimulatedMail } from './types';

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
  h1 { font-size: 1.25rem; }
  .newest { padding: 1.5rem; border: 1px solid #8888; border-radius: .75rem; text-align: center; }
  .newest .code { display: block; font: 700 4rem/1.2 ui-monospace, monospace; letter-spacing: .1em; }
  [data-state="used"] .code, [data-state="expired"] .code { text-decoration: line-through; opacity: .5; }
  table { width: 100%; margin-top: 1.5rem; border-collapse: collapse; }
  th, td { padding: .4rem .5rem; border-bottom: 1px solid #8884; text-align: left; overflow-wrap: anywhere; }
  td .code { font-family: ui-monospace, monospace; }`;

// Replaces the list of e-mails only when it has changed, so that a selected code stays selected.
const SCRIPT = `
  setInterval(async () => {
    try {
      const answer = await fetch(location.href, { cache: 'no-store' });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const list = document.querySelector('main');
      const fresh = page.querySelector('main');
      if (list.innerHTML !== fresh.innerHTML) list.innerHTML = fresh.innerHTML;
    } catch {}
  }, 1000);`;

/**
 * Returns the page with all mails, newest first. The element of each mail has `data-to`, `data-code` and `data-state`.
 */
export function mailboxPage(mails: readonly SimulatedMail[], stateOf: (mail: SimulatedMail) => string): string {
  const [newest, ...older] = mails.toReversed();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Simulated mailbox</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>Simulated mailbox</h1>
<main aria-live="polite">
${newest ? newestOf(newest, stateOf(newest)) : '<p class="newest">No mail yet. Ask for a code.</p>'}
${older.length > 0 ? tableOf(older, stateOf) : ''}
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function newestOf(mail: SimulatedMail, state: string): string {
  return `<section class="newest" ${attributesOf(mail, state)}>
<span>Code for ${escapeHtml(mail.to)}</span>
<strong class="code">${escapeHtml(mail.code)}</strong>
<span>${state}, sent ${timeOf(mail)}</span>
</section>`;
}

function tableOf(mails: readonly SimulatedMail[], stateOf: (mail: SimulatedMail) => string): string {
  const rows = mails.map(
    (mail) =>
      `<tr ${attributesOf(mail, stateOf(mail))}><td>${timeOf(mail)}</td><td>${escapeHtml(mail.to)}</td>` +
      `<td><span class="code">${escapeHtml(mail.code)}</span></td><td>${stateOf(mail)}</td></tr>`,
  );
  return `<table>
<thead><tr><th>Sent</th><th>To</th><th>Code</th><th>State</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

function attributesOf(mail: SimulatedMail, state: string): string {
  return `data-to="${escapeHtml(mail.to)}" data-code="${escapeHtml(mail.code)}" data-state="${state}"`;
}

function timeOf(mail: SimulatedMail): string {
  return `<time>${new Date(mail.sentAt).toISOString().slice(0, 19).replace('T', ' ')} UTC</time>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
