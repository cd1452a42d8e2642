import assert from 'node:assert/strict';
import { deployStates, furnish, openState, STATES } from '../../scripts/dialog-states';
import { EDITOR_VERSIONS, NODE_RED_5, VERSIONS } from '../live/harness/versions';
import { findViolations } from '../support/axe';
import { Desk, LANGUAGES, LOCALES } from './support';
import { Picker } from './support/picker';

/** Window sizes in pixels, width to height: a desktop window, and a phone, whose screen the dialog fills. */
const WIDTHS = { 1400: 1000, 390: 844 };

// Runs only in `npm run test:long`, because each state takes seconds.
for (const version of EDITOR_VERSIONS.length === VERSIONS.length ? VERSIONS : []) {
  describe(`All states of the device dialogs on Node-RED ${version.name}, checked by axe`, () => {
    const desk = Desk.forSuite({ version, hubs: [{ name: 'Koti' }] });

    before(async () => {
      furnish(desk.hub.home);
      await deployStates(desk, desk.hub, STATES);
    });

    for (const language of LANGUAGES) {
      for (const colorScheme of version === NODE_RED_5 ? (['light', 'dark'] as const) : (['light'] as const)) {
        for (const [width, height] of Object.entries(WIDTHS)) {
          it(`have no accessibility violation in ${language}, in the ${colorScheme} theme, at ${width} px`, async function () {
            this.timeout(1_800_000);
            const viewport = { width: Number(width), height };
            const editor = await desk.editor({ locale: LOCALES[language], colorScheme, viewport });
            const found: string[] = [];
            for (const [name, state] of Object.entries(STATES)) {
              await openState(editor, name);
              await state.then?.({ desk, editor, home: desk.hub.home, picker: new Picker(editor.page) });
              const violations = await findViolations(editor.page, '#dialog-form', ['[id^="red-ui-trap-"]']);
              found.push(...violations.map((violation) => `${name}: ${violation}`));
              await editor.closeNode('cancel');
            }
            assert.deepEqual(found, []);
          });
        }
      }
    }
  });
}
