import assert from 'node:assert/strict';
import { hubOptions, summaryOf } from '../../../../nodes/editor/shared/form';
import { translateIn } from '../support/texts';

describe('the More section', () => {
  const part = (name: string, summary = ''): Parameters<typeof summaryOf>[0][number] => ({
    name,
    row: '',
    summary: () => summary,
  });

  it('lists the names of its parts, or the values that differ from the default', () => {
    assert.equal(summaryOf([part('fade'), part('hub')]), '· fade, hub');
    assert.equal(summaryOf([part('transition', 'transition 5 s'), part('hub')]), '· transition 5 s');
    assert.equal(summaryOf([]), '');
    const kinds = { ...part('capabilities'), isSilent: true };
    assert.equal(summaryOf([part('hub'), kinds]), '· hub', 'what other rows say as well');
    assert.equal(summaryOf([part('hub'), { ...kinds, summary: () => 'capabilities' }]), '· capabilities');
  });

  describe('the hub', () => {
    const homes = new Map([
      ['h1', 'Koti'],
      ['h2', 'Mökki'],
    ]);
    const texts = (now: string, names = homes): string[] =>
      hubOptions(names, now, 'all', translateIn('en')).map(({ text }) => text);

    it('is selected by its name', () => {
      assert.deepEqual(texts('h2'), ['all hubs', 'Koti', 'Mökki']);
      assert.deepEqual(
        hubOptions(homes, '', 'default', translateIn('fi')).map(({ value, text }) => `${value} ${text}`),
        [' oletushubi', 'h1 Koti', 'h2 Mökki'],
      );
    });

    it('keeps a missing hub, and marks it as unknown once the other hubs are known', () => {
      assert.deepEqual(texts('h9'), ['all hubs', 'Koti', 'Mökki', 'h9 (unknown)']);
      assert.deepEqual(texts('h9', new Map()), ['all hubs', 'h9']);
      assert.deepEqual(texts('${HUB}'), ['all hubs', 'Koti', 'Mökki', '${HUB}']);
    });
  });
});
