import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { missedAims } from '../report';
import type { HomeDay } from './home-days';
import type { FleetFigures } from './measure';
import { type FleetRow, megabytes } from './rows';

/** Writes the results as a page, formatted as the repository's other pages. */
export async function writeFleetPage(path: string, { rows, days, sections }: FleetFigures): Promise<void> {
  const checks = sections.filter(({ title }) => title === 'renewals' || title === 'Logins').flatMap((one) => one.rows);
  const text = `# Many homes at one cloud

What a vendor sees of all homes that run this package together, and what one home asks for in a day. Written by
\`npm run bench -- fleet\`; \`npm run bench -- fleet --quick\` counts a part of it with a small fleet, with the tests.

All homes run in one process. Each is the library, without Node-RED: an account with one hub, a store, a limiter and chance
of its own. The clock is the benchmark's, which jumps from one moment at which something happens to the next, and the cloud
answers within 40 to 160 ms. Counts are the same on every machine. What a real Node-RED takes is in
[Benchmarks](benchmarks.md#in-a-running-node-red).

## Something happens to all

5 % of the homes listen through the cloud all the time, where nothing changes, and the others do nothing but stay logged in.
Where the LAN matters, 30 % more listen on the LAN; with the gateway that holds polls, 20 % listen through the cloud. Quiet is
the mean of a quarter of an hour in which nothing happens. _Peak second_ and _of the quiet_ count all requests, polls too.
_Beside listening_ leaves polls out: those who listen have to ask in each interval of 10 s, as chance heaps it (the mean and
four times its root), and the column is what the peak second has beyond that, as a multiple of the quiet mean. The aim,
at most 3, is for this column alone: with its polls a peak second had up to 20 times the quiet. _Before_ is the peak
second, and what that is of the quiet, with the package as it was at 5577b42.

| what happens | homes | quiet, a second | peak second | of the quiet | beside listening | before |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map(fleetLine).join('\n')}

| logins and renewals | aim | here | behind it |
| --- | --- | --- | --- |
${checks.map(({ figure, aim, isMet, came, behind }) => `| ${figure} | ${aim}${isMet === undefined ? '' : isMet ? ' ✓' : ' ✗'} | ${came} | ${behind} |`).join('\n')}

## One home in a day

The library without Node-RED, and a simulated house of 40 devices, counted over 6 hours. Busy means that something changes every 10 seconds; where nothing has changed for 10 minutes a
home is polled through the cloud each 30 seconds. Bytes are those of HTTP/1.1, headers and tokens in both directions, with
tokens and answers of the sizes that the simulator has; TCP and TLS add some 0.3 KB to each request.

| state | cloud: requests a day | aim | MB a day | MB a month | LAN: requests a day | MB a day |
| --- | --- | --- | --- | --- | --- | --- |
${days.map(dayLine).join('\n')}

On a metered line set \`pollCloud\` to 60 to 300 seconds: nearly all that a poll takes is its headers.

## Aims that are missed

${missedAims(sections)}
`;
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

function fleetLine({ what, homes, quiet, peak, times, beyond, before }: FleetRow): string {
  const isMet = beyond <= 3 ? '✓' : '✗';
  const counts = [homes, quiet.toFixed(1), peak, `× ${times.toFixed(1)}`, `× ${beyond.toFixed(1)} ${isMet}`];
  return `| ${[what, ...counts, before].join(' | ')} |`;
}

function dayLine({ what, most, cloud, lan }: HomeDay): string {
  const aim = most === undefined ? '' : `≤ ${most} ${cloud.requests <= most ? '✓' : '✗'}`;
  const bytes = [megabytes(cloud.bytes), megabytes(cloud.bytes * 30)];
  return `| ${[what, cloud.requests, aim, ...bytes, lan.requests, megabytes(lan.bytes)].join(' | ')} |`;
}
