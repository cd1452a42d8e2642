import assert from 'node:assert/strict';
import type { HomeApi } from '../../../../nodes/editor/home/api.js';
import { isHub, isRoomFilter, nodesOf, UseIndex } from '../../../../nodes/editor/home/uses.js';
import { Canvas } from '../support/canvas.js';

type Asked = Required<Parameters<HomeApi['resolve']>[0]>;
type Reply = Awaited<ReturnType<HomeApi['resolve']>>;
type Result = Extract<Reply, { isOk: true }>['answer']['targets'][number];

const FAILED: Reply = { isOk: false, failure: { status: 502, code: '', message: 'down' } as never };

/** Answers that each thing with an id exists, and that each other one is missing. */
function answerTo({ targets, rooms, hubs }: Asked): Reply {
  const found = (kind: string, id: string): Result =>
    ({ is: id === '' ? 'gone' : 'found', thing: id === '' ? null : { hub: 'hub-1', kind, id, name: id } }) as Result;
  return {
    isOk: true,
    answer: {
      targets: targets.map(({ id }) => found('device', id)),
      rooms: rooms.map((room) => found('room', room === 'Vintti' ? '' : room)),
      hubs: hubs.map((hub) => found('hub', hub)),
    },
  };
}

describe('the uses of things', () => {
  let canvas: Canvas;
  let asked: Asked[];
  let isSeen: boolean;
  let answer: (question: Asked) => Reply | Promise<Reply>;
  let uses: UseIndex;

  beforeEach(() => {
    canvas = new Canvas().open();
    asked = [];
    isSeen = true;
    answer = answerTo;
    const api = {
      resolve: (question: Asked) => {
        asked.push(question);
        return Promise.resolve(answer(question));
      },
    };
    uses = new UseIndex('account', api as unknown as HomeApi, () => isSeen);
  });
  after(() => Canvas.close());

  const lamp = { hub: 'hub-1', kind: 'device', id: 'lamp', name: 'Lukuvalo' };
  const nothing = { hub: '', kind: '', id: '', name: '' };
  const idsOf = (key: string): string[] => nodesOf(uses.usesOf(key)).map(({ id }) => id);
  const known = (): string[] => [...uses.verdicts.values()].map(({ is, thing }) => `${is} ${thing?.id ?? ''}`);
  const put = (id: string, ...targets: object[]): object => canvas.place({ id, targets: targets as never });

  it('are the references of the nodes of the account to targets, to rooms of filters and to hubs', async () => {
    put('id', lamp);
    put('id-again', { ...lamp, name: 'Old name' }, lamp);
    put('bare', { id: 'lamp' });
    put('name', { name: 'Hukassa' });
    put('name-at-hub', { name: 'Hukassa' });
    put('hub-in-target', { hub: 'hub-1', name: 'Hukassa' });
    put('id-at-hub', { id: 'lamp' });
    canvas.place({ id: 'rooms', targets: [], rooms: ['Sauna', 'Vintti'], hub: 'hub-1' });
    canvas.place({ id: 'rooms-and-target', targets: [lamp], rooms: ['Sauna'] });
    canvas.place({ id: 'neither', rooms: [] });
    canvas.place({ id: 'odd', targets: 'lamp' as never, rooms: 'Sauna' as never });
    canvas.place({ id: 'of-another', account: 'other', targets: [lamp] });
    canvas.place({ id: 'no-cozify', type: 'function', targets: [lamp] });
    for (const node of canvas.placed) if (node.id.endsWith('at-hub')) node.hub = 'hub-2';
    assert.equal(await uses.count(true), undefined);
    assert.deepEqual(
      uses.used.map((one) => [
        one.target,
        one.nodeHub,
        nodesOf([one]).map(({ id }) => id),
        [isRoomFilter(one), isHub(one)],
      ]),
      [
        [lamp, '', ['id', 'id-again', 'rooms-and-target'], [false, false]],
        [{ ...nothing, id: 'lamp' }, '', ['bare', 'id-at-hub'], [false, false]],
        [{ ...nothing, name: 'Hukassa' }, '', ['name'], [false, false]],
        [{ ...nothing, name: 'Hukassa' }, 'hub-2', ['name-at-hub'], [false, false]],
        [{ hub: 'hub-2', kind: 'hub', id: 'hub-2', name: 'hub-2' }, '', ['name-at-hub', 'id-at-hub'], [false, true]],
        [{ ...nothing, hub: 'hub-1', name: 'Hukassa' }, '', ['hub-in-target'], [false, false]],
        [{ ...nothing, hub: 'hub-1', kind: 'room', name: 'Sauna' }, 'room', ['rooms'], [true, false]],
        [{ ...nothing, hub: 'hub-1', kind: 'room', name: 'Vintti' }, 'room', ['rooms'], [true, false]],
        [{ hub: 'hub-1', kind: 'hub', id: 'hub-1', name: 'hub-1' }, '', ['rooms'], [false, true]],
      ],
    );
    const rest = { targets: [], rooms: [], hubs: [] };
    assert.deepEqual(asked, [
      {
        targets: [
          lamp,
          { ...nothing, id: 'lamp' },
          { ...nothing, name: 'Hukassa' },
          { ...nothing, hub: 'hub-1', name: 'Hukassa' },
        ],
        rooms: [],
        hubs: ['hub-2', 'hub-1'],
        hub: '',
      },
      { ...rest, targets: [{ ...nothing, name: 'Hukassa' }], hub: 'hub-2' },
      { ...rest, rooms: ['Sauna', 'Vintti'], hub: 'hub-1' },
    ]);
    assert.deepEqual(uses.keys, ['hub-1 device lamp', 'hub-1 hub hub-2', 'hub-1 room Sauna', 'hub-1 hub hub-1']);
    assert.deepEqual(idsOf('hub-1 device lamp'), ['id', 'id-again', 'rooms-and-target', 'bare', 'id-at-hub']);
    assert.deepEqual(idsOf('hub-1 room Sauna'), ['rooms']);
    assert.deepEqual(idsOf('hub-1 device other'), []);
  });

  it('lose the answer about a thing when its last node is removed', async () => {
    put('one', lamp);
    put('two', { ...lamp, id: 'other' });
    await uses.count(false);
    canvas.placed.shift();
    await uses.count(false);
    assert.deepEqual([uses.keys, known()], [['hub-1 device other'], ['found other']]);
  });

  it('keep the earlier answers when a request fails', async () => {
    put('one', lamp);
    await uses.count(true);
    answer = () => FAILED;
    put('two', { ...lamp, id: 'other' });
    assert.deepEqual(await uses.count(true), { status: 502, code: '', message: 'down' });
    assert.deepEqual([uses.used.length, known(), idsOf('hub-1 device lamp')], [2, ['found lamp'], ['one']]);
    answer = answerTo;
    assert.equal(await uses.count(false), undefined);
    assert.deepEqual(known(), ['found lamp', 'found other']);
  });

  it('are asked at most 1000 at a time, and not after the tab is hidden', async () => {
    put('many', ...Array.from({ length: 2001 }, (_none, index) => ({ ...lamp, id: `lamp-${index}` })));
    await uses.count(true);
    assert.deepEqual(
      asked.map(({ targets }) => targets.length),
      [1000, 1000, 1],
    );
    assert.equal(uses.keys.length, 2001);
    asked = [];
    canvas.placed.length = 0;
    put('thousand', ...Array.from({ length: 1000 }, (_none, index) => ({ ...lamp, id: `lamp-${index}` })));
    await uses.count(true);
    assert.equal(asked.length, 1);
    isSeen = false;
    await uses.count(true);
    assert.equal(asked.length, 1);
    assert.equal(uses.keys.length, 1000, 'what is known stays');
  });

  it('have no answer where the server gives none', async () => {
    put('one', lamp);
    answer = () => ({ isOk: true, answer: { targets: [], rooms: [], hubs: [] } });
    await uses.count(true);
    assert.deepEqual([known(), uses.keys], [[], []]);
  });

  it('have the newer answer, even if an older one arrives later', async () => {
    put('one', lamp);
    const held: ((reply: Reply) => void)[] = [];
    const gone = { isOk: true, answer: { targets: [{ is: 'gone', thing: null }], rooms: [], hubs: [] } } as Reply;
    answer = () => new Promise((resolve) => held.push(resolve));
    const [early, late] = [uses.count(false), uses.count(true)];
    held[1]?.(gone);
    await late;
    held[0]?.(answerTo({ targets: [lamp], rooms: [], hubs: [], hub: '' }));
    await early;
    assert.deepEqual(known(), ['gone '], 'the answer for all came first');
    const [first, second] = [uses.count(true), uses.count(true)];
    held[3]?.(gone);
    await second;
    held[2]?.(answerTo({ targets: [lamp], rooms: [], hubs: [], hub: '' }));
    await first;
    assert.deepEqual(known(), ['gone ']);
    const again = uses.count(true);
    held[4]?.(answerTo({ targets: [lamp], rooms: [], hubs: [], hub: '' }));
    await again;
    assert.deepEqual(known(), ['found lamp']);
  });

  it('are read again from the nodes when they are to be changed', async () => {
    put('one', lamp);
    await uses.count(true);
    const [{ key } = { key: '' }] = uses.used;
    put('two', lamp, { ...lamp, id: 'other' });
    assert.deepEqual(
      uses.now([key]).map(({ nodes }) => nodes.map(({ id }) => id)),
      [['one', 'two']],
    );
    assert.deepEqual(uses.now([]), []);
  });
});
