import { writeMarkdown } from '../markdown';
import { missedAims } from '../report';
import type { HomeDay } from './home-days';
import type { FleetFigures } from './measure';
import { type FleetRow, megabytes } from './rows';

/** Writes the results as a Markdown page. */
export function writeFleetPage(path: string, { rows, days, sections }: FleetFigures): void {
  const checks = sections.filter(({ title }) => title === 'renewals' || title === 'Logins').flatMap((one) => one.rows);
  const text = `# Many homes at one cloud

The requests of all homes with this package to one cloud, and those of one home in a day. Written by
\`npm run bench -- fleet\`; the tests run a part of it with a small fleet (\`npm run bench -- fleet --quick\`).

All homes run in one process. Each is the library without Node-RED: an account with one hub, a store and a rate limiter of
its own. Time is simulated, and the cloud answers within 40 to 160 ms. Counts are the same on every machine.

## Events that concern all homes

5 % of the homes poll through the cloud all the time, and nothing changes there; the others only stay logged in. In the
events about the LAN, another 30 % poll on the LAN; with the gateway that holds polls, 20 % poll through the cloud. The
_quiet mean_ is that of the requests per second in a quarter of an hour without events. _Peak second_ counts all requests,
polls included. _Without polls_ is the part of the peak, as a multiple of the quiet mean, that exceeds the usual maximum of
polls: their mean plus four standard deviations. The aim is at most 3.

| event | homes | quiet mean | peak second | of the mean | without polls |
| --- | --- | --- | --- | --- | --- |
${rows.map(fleetLine).join('\n')}

| logins and renewals | aim | result | details |
| --- | --- | --- | --- |
${checks.map(({ figure, aim, isMet, came, behind }) => `| ${figure} | ${aim}${isMet === undefined ? '' : isMet ? ' ✓' : ' ✗'} | ${came} | ${behind} |`).join('\n')}

## One home in a day

The library without Node-RED, and a simulated house of 40 devices, counted over 6 hours. Busy means a change every 10
seconds. After 10 minutes without a change, a home is polled through the cloud every 30 seconds. Bytes are those of HTTP/1.1
in both directions, with headers, and with tokens and answers as large as the simulator's. TCP and TLS add some 0.3 KB to
each request.

| state | cloud: requests a day | aim | MB a day | MB a month | LAN: requests a day | MB a day |
| --- | --- | --- | --- | --- | --- | --- |
${days.map(dayLine).join('\n')}

On a metered connection set \`pollCloud\` to 60 to 300 seconds, because most bytes of a poll are headers.

## Aims that are missed

${missedAims(sections)}
`;
  writeMarkdown(path, text);
}

function fleetLine({ what, homes, quiet, peak, peakRatio, peakRatioWithoutPolls }: FleetRow): string {
  const isMet = peakRatioWithoutPolls <= 3 ? '✓' : '✗';
  const counts = [
    homes,
    quiet.toFixed(1),
    peak,
    `× ${peakRatio.toFixed(1)}`,
    `× ${peakRatioWithoutPolls.toFixed(1)} ${isMet}`,
  ];
  return `| ${[what, ...counts].join(' | ')} |`;
}

function dayLine({ what, most, cloud, lan }: HomeDay): string {
  const aim = most === undefined ? '' : `≤ ${most} ${cloud.requests <= most ? '✓' : '✗'}`;
  const bytes = [megabytes(cloud.bytes), megabytes(cloud.bytes * 30)];
  return `| ${[what, cloud.requests, aim, ...bytes, lan.requests, megabytes(lan.bytes)].join(' | ')} |`;
}
