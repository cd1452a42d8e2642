/** The maximum size of a hub's answer, in bytes. */
const MAX_BYTES = 32 * 1024 * 1024;

/** An answer from a hostile hub, to a poll or to the request for its list of devices. */
export interface Attack {
  isList?: boolean;
  make: () => string;
}

const poll = (...parts: string[]): string =>
  `{"type":"POLL_DELTA","timestamp":1,"full":true,"polls":[${parts.join(',')}]}`;
const devices = (list: string): string => `{"type":"DEVICE_DELTA","devices":${list}}`;
const many = (count: number, item: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => item(index)).join(',');
const fields = (count: number): string => `{${many(count, (index) => `"f${index}":1`)}}`;
const lamp = (id: string, state: string, capabilities = '[]'): string =>
  `"${id}":{"id":"${id}","type":"LIGHT","name":"Lamppu","capabilities":${capabilities},"state":${state}}`;
/** Returns an item repeated up to the size limit. */
const filled = (item: string): string => `${item},`.repeat(MAX_BYTES / (item.length + 1) - 100).slice(0, -1);

/** Hostile answers within the size limit, by their content. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  '300 000 rooms': {
    make: () =>
      poll(`{"type":"ROOM_DELTA","rooms":{${many(300_000, (n) => `"r${n}":{"id":"r${n}","name":"Room ${n}"}`)}}}`),
  },
  '10 001 devices': { make: () => poll(devices(`{${many(10_001, (n) => lamp(`d${n}`, '{"isOn":true}'))}}`)) },
  'a list of 10 001 devices': { isList: true, make: () => `{${many(10_001, (n) => lamp(`d${n}`, '{"isOn":true}'))}}` },
  '100 deltas of 1000 devices': {
    make: () =>
      poll(...Array.from({ length: 100 }, (_, d) => devices(`{${many(1000, (n) => lamp(`d${d}-${n}`, '{}'))}}`))),
  },
  'a device with 500 000 fields': { make: () => poll(devices(`{${lamp('d', fields(500_000))}}`)) },
  'a device with 1001 fields': { make: () => poll(devices(`{${lamp('d', fields(1001))}}`)) },
  'a device with 500 000 fields in a field': {
    make: () => poll(devices(`{${lamp('d', `{"x":${fields(500_000)}}`)}}`)),
  },
  'a device with 201 capabilities': {
    make: () => poll(devices(`{${lamp('d', '{}', `[${many(201, (n) => `"C${n}"`)}]`)}}`)),
  },
  'a device with 500 000 capabilities': {
    make: () => poll(devices(`{${lamp('d', '{}', `{"type":"SET","values":[${many(500_000, (n) => `"C${n}"`)}]}`)}}`)),
  },
  'a group with 500 000 members': {
    make: () =>
      poll(
        `{"type":"GROUP_DELTA","groups":{"g":{"id":"g","name":"G","members":[${many(500_000, (n) => `"d${n}"`)}]}}}`,
      ),
  },
  'millions of empty objects': { make: () => poll(filled('{}')) },
  'millions of empty lists in a list of devices': { isList: true, make: () => `[${filled('[]')}]` },
  'millions of keys': {
    isList: true,
    make: () => `{${many(2_200_000, (n) => `"${n.toString(36).padStart(6, 'k')}":0`)}}`,
  },
};
