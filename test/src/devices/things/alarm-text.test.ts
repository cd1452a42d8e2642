import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '../../../faults/support/runs.js';
import { readAlarmText } from '../../../../src/devices/things/alarm-text.js';

const packed = (html: string): string => Buffer.from(html, 'utf8').toString('base64');

describe('alarm text', () => {
  const rows: [what: string, html: string, text: string | undefined][] = [
    ['is the text of the HTML', '<p>Kiuas on <b>päällä</b>.</p><p>Sammuta se.</p>', 'Kiuas on päällä. Sammuta se.'],
    ['has a space for a line break', 'Vesivuoto<br/>Keittiö<BR>Nyt', 'Vesivuoto Keittiö Nyt'],
    ['has no space where only the letters change', 'K<b>iu</b>as', 'Kiuas'],
    [
      'decodes what HTML writes otherwise',
      '&lt;5 &deg;C &amp; s&auml;&auml; &#228;&#xe4; &unknown;',
      '<5 °C & sää ää &unknown;',
    ],
    ['decodes once only', '&amp;lt;b&amp;gt;', '&lt;b&gt;'],
    ['leaves scripts and styles out', 'a<script>alert("<p>")</script><style>b{}</style><!-- c --> d', 'a d'],
    ['leaves out what never ends', 'a <img src=x onerror="alert(1)', 'a'],
    ['leaves out letters that never end', 'a<b <b <b onclick="x"', 'a'],
    ['keeps a sign that begins no tag', 'lämpötila < 5 ja > 3', 'lämpötila < 5 ja > 3'],
    ['has no control characters', 'a\u0000b&#27;[31m&#0;', 'ab[31m'],
    ['is none where nothing is said', '<p> </p>', undefined],
  ];
  for (const [what, html, text] of rows) it(what, () => assert.equal(readAlarmText(packed(html)), text));

  it('is read from base64 in lines and without its end, too', () => {
    const base64 = packed('<p>Palovaroitin hälyttää ylhäällä</p>');
    assert.equal(readAlarmText(base64.replace(/(.{20})/g, '$1\r\n')), 'Palovaroitin hälyttää ylhäällä');
    assert.equal(readAlarmText(packed('<p>ab</p>!').replace(/=+$/, '')), 'ab !');
  });

  for (const plain of ['Kiuas on päällä', 'Saunassa palaa', 'Sauna123', 'Vuotoilmaisin', 'Vesi vuotaa', 'kiuas']) {
    it(`that is not in base64 is read as it is: ${plain}`, () => assert.equal(readAlarmText(plain), plain));
  }

  for (const none of [null, undefined, '', 5, {}, []]) {
    it(`is none for ${JSON.stringify(none)}`, () => assert.equal(readAlarmText(none), undefined));
  }

  it('has no tags, whatever the HTML', () => {
    const part = fc.constantFrom('<', '>', '/', 'p', 'script', '!--', '-->', ' ', '"', '=', 'a', '<p>', '</p>');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const text = readAlarmText(packed(parts.join(''))) ?? '';
        assert.ok(!/<[a-z/!][^>]*>/i.test(text), text);
      }),
      runs(2_000),
    );
  });
});
