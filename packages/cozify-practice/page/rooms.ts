import { toggleControl } from './controls';
import { cardOf, shapeOf, type Card } from './device-card';
import { element } from './element';
import { act, type DeviceFact, type HomeFacts, type HubFact, type SceneFact } from './home-facts';
import { nameIn, type Say } from './texts';

type Scene = ReturnType<typeof toggleControl>;

/** The rooms of a hub with their devices, and the scenes. */
export class Rooms {
  readonly node = element('div', { class: 'rooms' });
  readonly #say: Say;
  readonly #cards = new Map<string, Card>();
  readonly #scenes = new Map<string, Scene>();
  #hubId = '';
  /**
   * The key of the current layout. The elements are rearranged only if the layout changes, so that they keep the focus.
   */
  #made = '';

  constructor(say: Say) {
    this.#say = say;
  }

  show(facts: HomeFacts, hub: HubFact): void {
    if (hub.id !== this.#hubId) {
      this.#cards.clear();
      this.#scenes.clear();
    }
    this.#hubId = hub.id;
    const devices = facts.devices(hub.id);
    for (const device of devices) this.#cardOf(device).show(device);
    for (const scene of hub.scenes) {
      this.#sceneOf(scene).show({ text: nameIn(this.#say, scene.name), isOn: scene.isOn });
    }
    const sceneIds = hub.scenes.map(({ id }) => id);
    const made = JSON.stringify([hub.id, hub.rooms, sceneIds, devices.map(({ id, room, name }) => [id, room, name])]);
    if (made === this.#made) return;
    this.#made = made;
    const focused = document.activeElement;
    this.node.replaceChildren(...this.#sections(hub, devices));
    if (focused instanceof HTMLElement && this.node.contains(focused)) focused.focus();
  }

  #cardOf(device: DeviceFact): Card {
    const known = this.#cards.get(device.id);
    if (known?.shape === shapeOf(device)) return known;
    const card = cardOf(device, this.#hubId, this.#say);
    this.#cards.set(device.id, card);
    known?.node.replaceWith(card.node);
    return card;
  }

  #sections(hub: HubFact, devices: readonly DeviceFact[]): HTMLElement[] {
    const isPhone = ({ type }: DeviceFact) => type === 'UI_DEVICE';
    const scenes = section(
      this.#say('scenes'),
      'scenes',
      hub.scenes.map((scene) => this.#sceneOf(scene).node),
    );
    const people = section(
      this.#say('people'),
      'cards',
      devices.filter(isPhone).map((phone) => this.#cardOf(phone).node),
    );
    const others = devices.filter((device) => !isPhone(device));
    const rooms = [...hub.rooms, { id: undefined, name: this.#say('elsewhere') }];
    const sections = rooms.map(({ id, name }) => {
      const inside = others.filter(({ room }) =>
        id === undefined ? !hub.rooms.some((one) => one.id === room) : room === id,
      );
      const cards = inside.map((device) => this.#cardOf(device).node);
      return section(nameIn(this.#say, name), 'cards', cards);
    });
    return [scenes, people, ...sections].filter((one) => one.querySelector('article, button') !== null);
  }

  #sceneOf({ id }: SceneFact): Scene {
    const known = this.#scenes.get(id);
    if (known !== undefined) return known;
    const scene = toggleControl((isOn) => {
      const type = isOn ? 'CMD_SCENE_ON' : 'CMD_SCENE_OFF';
      void act('command', { hub: this.#hubId, listing: 'scenes', elements: [{ id, type }] });
    });
    this.#scenes.set(id, scene);
    return scene;
  }
}

function section(title: string, kind: string, content: HTMLElement[]): HTMLElement {
  return element('section', {}, element('h2', {}, title), element('div', { class: kind }, ...content));
}
