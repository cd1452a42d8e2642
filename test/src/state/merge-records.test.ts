import assert from 'node:assert/strict';
import {
  type AccountRecord,
  cloudOf,
  emptyAccount,
  forgetLogin,
  newLogin,
  withCloud,
  withLogin,
  withRenewal,
} from '../../../src/state/account-record.js';
import {
  compareLogins,
  findUndone,
  isSamePerson,
  mergeCopies,
  mergeOverUndone,
  mergeRecords,
} from '../../../src/state/merge-records.js';

const ORIGIN = 'https://cloud.example';
const start = withCloud(
  { ...emptyAccount, email: 'a@example.fi', configuredEmail: 'a@example.fi' },
  withLogin(cloudOf(emptyAccount, ORIGIN), newLogin('first', 1, 'a@example.fi'), 1),
);
const renewed = (record: AccountRecord, token: string, at = 2): AccountRecord =>
  withCloud(record, withRenewal(cloudOf(record, ORIGIN), newLogin(token, at, 'a@example.fi')));
const reset = (record: AccountRecord): AccountRecord => withCloud(record, withLogin(cloudOf(record, ORIGIN), null, 2));
const tokenOf = (record: AccountRecord): string | undefined => cloudOf(record, ORIGIN).login?.token;

describe('mergeRecords', () => {
  it('keeps the changes of both sides', () => {
    const ours = { ...start, email: 'b@example.fi' };
    const withCode = withCloud(start, { ...cloudOf(start, ORIGIN), otp: { email: 'a@example.fi', sentAt: 5 } });
    const theirs = { ...withCode, change: 'change 1' };
    const merged = mergeRecords(start, ours, theirs);
    assert.deepEqual([merged.email, merged.change], ['b@example.fi', 'change 1']);
    assert.deepEqual(cloudOf(merged, ORIGIN).otp, { email: 'a@example.fi', sentAt: 5 });
    assert.deepEqual(mergeRecords(start, theirs, ours), { ...merged, clouds: merged.clouds });
  });

  it('takes the newer login, whichever side merges', () => {
    const [ours, theirs] = [renewed(start, 'ours'), renewed(renewed(start, 'theirs'), 'theirs again')];
    assert.equal(tokenOf(mergeRecords(start, ours, theirs)), 'theirs again');
    assert.equal(tokenOf(mergeRecords(start, theirs, ours)), 'theirs again');
  });

  it('takes the token received last if both sides renewed equally often', () => {
    const [ours, theirs] = [renewed(start, 'ours', 7), renewed(start, 'theirs', 6)];
    assert.equal(tokenOf(mergeRecords(start, ours, theirs)), 'ours');
    assert.equal(tokenOf(mergeRecords(start, theirs, ours)), 'ours');
  });

  it('picks the same token of two that were received at the same moment, whichever side merges', () => {
    const [one, other] = [renewed(start, 'one'), renewed(start, 'other')];
    const taken = [start, one].map((base) => tokenOf(mergeRecords(base, one, other)));
    const byTheOther = [start, other].map((base) => tokenOf(mergeRecords(base, other, one)));
    assert.deepEqual([...taken, ...byTheOther], Array(4).fill('other'));
  });

  it('has no login after a reset on one side, however often the other side renewed', () => {
    const often = renewed(renewed(renewed(start, 'r1'), 'r2'), 'r3');
    assert.equal(tokenOf(mergeRecords(start, often, reset(start))), undefined);
    assert.equal(tokenOf(mergeRecords(start, reset(start), often)), undefined);
  });

  it('has no login after a reset by a process with a slow clock', () => {
    const base = withCloud(start, { ...cloudOf(start, ORIGIN), decidedAt: 9 });
    assert.equal(tokenOf(mergeRecords(base, renewed(base, 'r1'), reset(base))), undefined);
    assert.equal(tokenOf(mergeRecords(base, reset(base), renewed(base, 'r1'))), undefined);
  });

  it('takes the renewed token if the other side has set the old token by hand', () => {
    const byHand = withCloud(start, withLogin(cloudOf(start, ORIGIN), newLogin('first', null, null), 5));
    for (const merged of [
      mergeRecords(start, byHand, renewed(start, 'renewed')),
      mergeRecords(start, renewed(start, 'renewed'), byHand),
    ]) {
      assert.equal(tokenOf(merged), 'renewed');
      assert.equal(compareLogins(cloudOf(merged, ORIGIN), cloudOf(byHand, ORIGIN)), 'theirs');
    }
  });

  it('takes the login made after a reset', () => {
    const again = withCloud(start, withLogin(cloudOf(reset(start), ORIGIN), newLogin('again', 9, null), 9));
    assert.equal(tokenOf(mergeRecords(start, renewed(start, 'r1'), again)), 'again');
  });

  it('takes the newest code if one side used the known code and the other requested a new one', () => {
    const sent = withCloud(start, { ...cloudOf(start, ORIGIN), otp: { email: 'a@example.fi', sentAt: 5 } });
    const theirs = withCloud(start, { ...cloudOf(start, ORIGIN), otp: { email: 'a@example.fi', sentAt: 8 } });
    assert.equal(cloudOf(mergeRecords(sent, start, theirs), ORIGIN).otp?.sentAt, 8);
    assert.equal(cloudOf(mergeRecords(sent, theirs, start), ORIGIN).otp?.sentAt, 8);
  });

  it('ignores an older copy, as from a backup', () => {
    const now = { ...renewed(start, 'newer'), email: 'new@example.fi' };
    assert.deepEqual(mergeRecords(now, now, start), now);
  });

  it('drops a hub key that a logout on one side removed, and keeps the hub addresses of our side', () => {
    const hub = { id: 'h1', name: 'Koti', version: '1', key: 'key', isRemote: false, isAutoremote: true };
    const withHub = (record: AccountRecord, change: object): AccountRecord => {
      const hubs = [{ ...hub, host: '192.168.1.5', isLanExcluded: false, missedLists: 0, ...change }];
      return withCloud(record, { ...cloudOf(record, ORIGIN), hubs });
    };
    const base = withHub(start, {});
    const ours = withHub(start, { version: '2', host: '192.168.1.6' });
    for (const merged of [
      mergeRecords(base, ours, forgetLogin(base, true, 2)),
      mergeRecords(base, forgetLogin(base, true, 2), ours),
    ]) {
      assert.deepEqual([tokenOf(merged), cloudOf(merged, ORIGIN).hubs[0]?.key], [undefined, null]);
    }
    const [kept] = cloudOf(mergeRecords(base, ours, forgetLogin(base, true, 2)), ORIGIN).hubs;
    assert.deepEqual([kept?.host, kept?.version], ['192.168.1.6', '1']);
  });

  it('takes the hubs of the last login, and an address that only the other side knows', () => {
    const hub = { name: 'Koti', version: '1', key: 'key', isAutoremote: true, isLanExcluded: false, missedLists: 0 };
    const logIn = (at: number, id: string, host: string | null, isRemote: boolean): AccountRecord => {
      const cloud = withLogin(cloudOf(start, ORIGIN), newLogin(`login ${at}`, at, null), at);
      return withCloud(start, { ...cloud, hubs: [{ ...hub, id, host, isRemote }], defaultHub: id });
    };
    const seen = (record: AccountRecord): unknown[] => {
      const { hubs, defaultHub } = cloudOf(record, ORIGIN);
      return [defaultHub, ...hubs.map(({ id, host, isRemote }) => [id, host, isRemote])];
    };
    const [first, last] = [logIn(5, 'h1', '192.168.1.5', false), logIn(6, 'h2', '192.168.1.6', true)];
    for (const base of [start, last]) {
      assert.deepEqual(seen(mergeRecords(base, first, last)), ['h2', ['h2', '192.168.1.6', true]]);
    }
    assert.deepEqual(seen(mergeRecords(start, last, first)), ['h2', ['h2', '192.168.1.6', true]]);
    const elsewhere = logIn(5, 'h2', null, false);
    assert.deepEqual(seen(mergeRecords(start, elsewhere, last)), ['h2', ['h2', '192.168.1.6', false]]);
  });

  it('takes the last login or logout of a person, however many logins the other side had', () => {
    const logIn = (record: AccountRecord, at: number): AccountRecord =>
      withCloud(record, withLogin(cloudOf(record, ORIGIN), newLogin(`login ${at}`, at, null), at));
    const twice = logIn(logIn(start, 5), 6);
    const out = forgetLogin(start, true, 9);
    const [one, other] = [mergeRecords(start, twice, out), mergeRecords(start, out, twice)];
    assert.deepEqual([tokenOf(one), tokenOf(other)], [undefined, undefined]);
    assert.equal(tokenOf(mergeRecords(start, out, one)), undefined, 'also after the other side has saved it');
    assert.equal(tokenOf(mergeRecords(start, logIn(out, 10), twice)), 'login 10');
  });

  it('compares logins by generation, then by renewals', () => {
    const at = (record: AccountRecord) => cloudOf(record, ORIGIN);
    assert.equal(compareLogins(at(start), at(start)), 'same');
    assert.equal(compareLogins(at(renewed(start, 'x')), at(start)), 'theirs');
    assert.equal(compareLogins(at(start), at(renewed(start, 'x'))), 'ours');
    assert.equal(compareLogins(at(reset(start)), at(renewed(renewed(start, 'x'), 'y'))), 'theirs');
    const sameMoment = withLogin(at(start), newLogin('x', 2, null), 2);
    assert.equal(compareLogins(at(reset(start)), sameMoment), 'theirs', 'a reset at the same moment as a login');
    assert.equal(compareLogins(sameMoment, at(reset(start))), 'ours', 'a login at the same moment as a reset');
  });
});

describe('mergeOverUndone', () => {
  const at = (record: AccountRecord) => cloudOf(record, ORIGIN);

  it('restores the login that an undone reset has deleted, so that it wins over the stored reset', () => {
    const undone = reset(start);
    const merged = mergeOverUndone(renewed(start, 'ours'), undone, undone);
    assert.equal(tokenOf(merged), 'ours');
    assert.equal(compareLogins(at(undone), at(merged)), 'ours');
  });

  it('keeps the renewal that another process has made after an undone change of the e-mail address', () => {
    const undone = { ...start, email: 'undone@example.fi' };
    const merged = mergeOverUndone(start, undone, renewed(undone, 'theirs'));
    assert.deepEqual([tokenOf(merged), merged.email], ['theirs', 'a@example.fi']);
  });

  it('keeps the version of a login that is newer than the stored one', () => {
    const undone = withCloud(start, withLogin(at(start), newLogin('undone', 5, null), 5));
    const newer = withCloud(start, withLogin(at(reset(undone)), newLogin('newer', 9, null), 9));
    for (const stored of [undone, ['a', 'b', 'c'].reduce((record, token) => renewed(record, token), undone)]) {
      const merged = mergeOverUndone(newer, undone, stored);
      assert.deepEqual([tokenOf(merged), compareLogins(at(merged), at(newer))], ['newer', 'same']);
    }
  });

  it('applies to a stored record with the same change and epoch as the undone one, even after a renewal', () => {
    const undone = [start, reset(start)].map((record, index) => ({ ...record, change: `change ${index}` }));
    const [first = start, second = start] = undone;
    assert.equal(findUndone(undone, renewed(first, 'theirs')), first);
    assert.equal(findUndone(undone, second), second);
    assert.equal(findUndone(undone, reset(first)), undefined, 'another process has reset the account');
    assert.equal(findUndone(undone, { ...first, change: 'change 2' }), undefined, 'another change');
  });
});

describe('mergeCopies', () => {
  const OTHER = 'https://other.example';
  const later = { ...renewed(start, 'later'), email: 'b@example.fi' };

  it('returns the later copy, whichever comes first', () => {
    assert.deepEqual(mergeCopies(start, later), later);
    assert.deepEqual(mergeCopies(later, start), later);
  });

  it('returns the first copy if both are the same', () => {
    const own = withCloud(start, { ...cloudOf(start, ORIGIN), otp: { email: 'a@example.fi', sentAt: 5 } });
    assert.deepEqual(mergeCopies(own, start), own);
    assert.deepEqual(mergeCopies(start, own), start);
  });

  it('has no login after a reset', () => {
    assert.equal(tokenOf(mergeCopies(later, reset(start))), undefined);
    assert.equal(tokenOf(mergeCopies(reset(start), later)), undefined);
  });

  it('takes the newer login of each cloud', () => {
    const elsewhere = (record: AccountRecord): AccountRecord =>
      withCloud(record, withLogin(cloudOf(record, OTHER), newLogin('elsewhere', 1, 'a@example.fi'), 3));
    for (const merged of [mergeCopies(elsewhere(start), later), mergeCopies(later, elsewhere(start))]) {
      assert.deepEqual([tokenOf(merged), cloudOf(merged, OTHER).login?.token], ['later', 'elsewhere']);
    }
  });

  it('attributes copies to one person unless their logins have different addresses', () => {
    const by = (email: string | null): AccountRecord =>
      withCloud(start, withLogin(cloudOf(start, ORIGIN), newLogin(`of ${email}`, 1, email), 2));
    assert.equal(isSamePerson(start, later), true);
    assert.equal(isSamePerson(start, reset(start)), true);
    assert.equal(isSamePerson(by('a@example.fi'), by('b@example.fi')), false);
    assert.equal(isSamePerson(by(null), by('b@example.fi')), false);
    assert.equal(isSamePerson(by(null), by(null)), true, 'the tokens are the same');
  });
});
