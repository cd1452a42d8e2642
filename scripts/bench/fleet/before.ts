/**
 * Results at commit 5577b42, before simultaneous requests of homes were spread: the peak second, and its ratio to the
 * quiet mean. Counted once with this benchmark.
 */
export const BEFORE: Readonly<Record<string, string>> = {
  'maintenance of an hour, whose end the cloud names: meanwhile': '16, × 1.5',
  'maintenance of an hour, whose end the cloud names: the 90 minutes after': '4881, × 458',
  'all start within a minute': '243, × 27',
  'day 1 after a start of all in a minute: renewals in the fullest minute, of the mean': '1045, × 301',
  'a gateway that holds all polls starts anew': '456, × 12',
  'a power cut, and the hubs boot 3 minutes after Node-RED: until then': '643, × 49',
  'a power cut, and the hubs boot 3 minutes after Node-RED: the hour after': '162, × 12',
  '30 % lose their LAN in one instant: the first minute': '2838, × 267',
  '30 % lose their LAN in one instant: 20 minutes more': '3504, × 329',
  '30 % lose their LAN in one instant: it is back': '1605, × 151',
  'a new version of all hubs within a minute, each away for 45 s': '374, × 35',
  'the cloud refuses connections for an hour: meanwhile': '34, × 3.2',
  'the cloud refuses connections for an hour: the hour after': '60, × 5.6',
};
