import { buttonOf } from './controls';
import { element, newId } from './element';
import { DONE, HomeFacts, type HubFact } from './home-facts';
import { subscribe } from './live';
import { Rooms } from './rooms';
import { Side } from './side';
import { LANGUAGES, sayIn, usualLanguage, type Language } from './texts';

const facts = new HomeFacts();
let hubId: string | undefined;
let isLost = false;
let view = viewIn(usualLanguage());

/** Builds the page in a language, in place of the current content. Returns the elements that are updated later. */
function viewIn(language: Language) {
  const say = sayIn(language);
  document.documentElement.lang = language;
  document.title = say('title');
  const hubs = element('nav', { 'aria-label': say('hub') });
  const trouble = element('p', { class: 'banner', role: 'status', hidden: true });
  const rooms = new Rooms(say);
  const side = new Side(say);
  const header = element(
    'header',
    {},
    element('h1', {}, say('title')),
    element('p', { class: 'hint' }, say('intro')),
    languageOf(language, say('language')),
  );
  document.body.replaceChildren(header, hubs, trouble, side.node, element('main', {}, rooms.node));
  return { say, hubs, trouble, rooms, side, shownHubs: '' };
}

function languageOf(language: Language, label: string): HTMLElement {
  const id = newId();
  const options = Object.entries(LANGUAGES).map(([value, name]) =>
    element('option', { value, selected: value === language, lang: value }, name),
  );
  const select = element('select', { id }, ...options);
  select.addEventListener('change', () => {
    localStorage.setItem('language', select.value);
    view = viewIn(usualLanguage());
    show();
    document.querySelector('select')?.focus();
  });
  return element('div', { class: 'language' }, element('label', { for: id }, label), select);
}

function show(): void {
  const { cloud, hubs } = facts;
  const hub = hubs.find(({ id }) => id === hubId) ?? hubs[0];
  if (isLost) showTrouble(view.say('offline'));
  else showTrouble(hub?.isOff === true ? view.say('hubIsOff') : undefined);
  if (cloud === undefined || hub === undefined) return;
  hubId = hub.id;
  showHubs(hubs);
  view.side.show(facts, cloud, hub);
  view.rooms.show(facts, hub);
}

function showHubs(hubs: readonly HubFact[]): void {
  const shown = JSON.stringify([hubId, hubs.map(({ id, name }) => [id, name])]);
  if (shown === view.shownHubs) return;
  view.shownHubs = shown;
  view.hubs.hidden = hubs.length < 2;
  const buttons = hubs.map(({ id, name }) =>
    buttonOf(
      name,
      () => {
        hubId = id;
        show();
        view.hubs.querySelector<HTMLElement>('[aria-current]')?.focus();
      },
      id === hubId ? { 'aria-current': 'true' } : {},
    ),
  );
  view.hubs.replaceChildren(...buttons);
}

function showTrouble(text: string | undefined): void {
  view.trouble.hidden = text === undefined;
  view.trouble.textContent = text ?? '';
}

addEventListener(DONE, show);
subscribe({
  onOpen: () => {
    isLost = false;
    facts.forget();
  },
  onChanges: (changes) => {
    facts.take(changes);
    show();
  },
  onLost: () => {
    isLost = true;
    show();
  },
});
