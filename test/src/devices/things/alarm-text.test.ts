import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runs } from '../../../faults/support/runs.js';
import { readAlarmText } from '../../../../src/devices/things/alarm-text.js';

const encode = (html: string): string => Buffer.from(html, 'utf8').toString('base64');

describe('readAlarmText', () => {
  const rows: [title: string, html: string, text: string | undefined][] = [
    ['returns the text of HTML', '<p>Kiuas on <b>päällä</b>.</p><p>Sammuta se.</p>', 'Kiuas on päällä. Sammuta se.'],
    ['replaces a line break with a space', 'Vesivuoto<br/>Keittiö<BR>Nyt', 'Vesivuoto Keittiö Nyt'],
    ['adds no space for inline tags', 'K<b>iu</b>as', 'Kiuas'],
    ['decodes HTML entities', '&lt;5 &deg;C &amp; s&auml;&auml; &#228;&#xe4; &unknown;', '<5 °C & sää ää &unknown;'],
    ['decodes entities only once', '&amp;lt;b&amp;gt;', '&lt;b&gt;'],
    ['removes scripts, styles and comments', 'a<script>alert("<p>")</script><style>b{}</style><!-- c --> d', 'a d'],
    ['removes an unclosed tag', 'a <img src=x onerror="alert(1)', 'a'],
    ['removes unclosed inline tags', 'a<b <b <b onclick="x"', 'a'],
    ['keeps a < that starts no tag', 'lämpötila < 5 ja > 3', 'lämpötila < 5 ja > 3'],
    ['removes control characters', 'a\u0000b&#27;[31m&#0;', 'ab[31m'],
    [
      'removes entities that are no characters',
      'a&#xd800;b&#xdfff;c&#x110000;d&#xe000;&#x10fffd;',
      'abcd\ue000\u{10fffd}',
    ],
    ['returns undefined for HTML without text', '<p> </p>', undefined],
  ];
  for (const [title, html, text] of rows) it(title, () => assert.equal(readAlarmText(encode(html)), text));

  it('reads base64 with line breaks and without padding', () => {
    const base64 = encode('<p>Palovaroitin hälyttää ylhäällä</p>');
    assert.equal(readAlarmText(base64.replace(/(.{20})/g, '$1\r\n')), 'Palovaroitin hälyttää ylhäällä');
    assert.equal(readAlarmText(encode('<p>ab</p>!').replace(/=+$/, '')), 'ab !');
  });

  for (const plain of ['Kiuas on päällä', 'Saunassa palaa', 'Sauna123', 'Vuotoilmaisin', 'Vesi vuotaa', 'kiuas']) {
    it(`returns a text that is not base64 unchanged: ${plain}`, () => assert.equal(readAlarmText(plain), plain));
  }

  for (const none of [null, undefined, '', 5, {}, []]) {
    it(`returns undefined for ${JSON.stringify(none)}`, () => assert.equal(readAlarmText(none), undefined));
  }

  it('removes every tag from arbitrary HTML', () => {
    const part = fc.constantFrom('<', '>', '/', 'p', 'script', '!--', '-->', ' ', '"', '=', 'a', '<p>', '</p>');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const text = readAlarmText(encode(parts.join(''))) ?? '';
        assert.ok(!/<[a-z/!][^>]*>/i.test(text), text);
      }),
      runs(100),
    );
  });
});
