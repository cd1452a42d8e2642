import type { Locator, Page, Response } from 'playwright-core';
import { becomes } from '../../support/becomes';
import { until } from '../../support/wait';

/** The target picker in an open dialog, with methods for what a person does in it. */
export class Picker {
  readonly page: Page;
  readonly search: Locator;
  readonly list: Locator;
  readonly options: Locator;
  readonly chips: Locator;
  readonly state: Locator;

  constructor(page: Page) {
    this.page = page;
    this.search = page.locator('#cozify-target-search');
    this.list = page.locator('#cozify-target-list');
    this.options = this.list.locator('[role=option]');
    this.chips = page.locator('.cozify-target-chip');
    this.state = page.locator('#cozify-target-state');
  }

  option(id: string): Locator {
    return this.list.locator(`[role=option][data-id="${id}"]`);
  }

  /** Replaces the search text by a new text, typed letter by letter. */
  async type(text: string): Promise<void> {
    await this.search.click();
    await this.search.fill('');
    await this.page.keyboard.type(text);
  }

  /** Types a search text, and waits until the page has received the matches of the whole text. */
  async searchFor(text: string): Promise<void> {
    const isAnswer = (response: Response): boolean => {
      const { pathname, searchParams } = new URL(response.url());
      return pathname.endsWith('/things') && (searchParams.get('q') ?? '') === text;
    };
    const [answer] = await Promise.all([this.page.waitForResponse(isAnswer), this.type(text)]);
    await answer.finished();
  }

  /** Chooses a target by letters of its name or its room. */
  async choose(text: string, id: string): Promise<void> {
    // A list that arrives between the press and the release of the mouse button would lose the click.
    await this.searchFor(text);
    await this.option(id).waitFor();
    // Waits for the list to settle, because rows move with each search result.
    await until('an unchanged list', async () => {
      const before = await this.list.innerText();
      await this.page.waitForTimeout(300);
      return before === (await this.list.innerText());
    });
    await this.option(id).click();
    await until('the choice', async () => (await this.ids()).includes(id));
  }

  /** Returns the ids of the chosen targets. */
  async ids(): Promise<(string | null)[]> {
    return Promise.all((await this.chips.all()).map((chip) => chip.getAttribute('data-id')));
  }

  async names(): Promise<string[]> {
    return this.chips.locator('.cozify-target-name').allInnerTexts();
  }

  /**
   * Returns the visible list, a text per line: the title of each section, and the icon, name and state of each row. The
   * active row begins with an asterisk.
   */
  async rows(): Promise<string[]> {
    return this.page.evaluate<string[]>(ROWS);
  }

  /** Returns what each chip says, and the titles of its buttons. */
  async chipTexts(): Promise<string[]> {
    return this.page.evaluate<string[]>(CHIP_TEXTS);
  }

  /** Returns the status line; with `!` before it if it is shown as a problem, with `~` if only screen readers say it. */
  async line(): Promise<string> {
    return this.page.evaluate<string>(LINE);
  }

  /** Returns the visible buttons that turn the pages of the list. */
  async turns(): Promise<string[]> {
    return (await this.page.locator('.cozify-target-turn button:visible').allInnerTexts()).filter(
      (text) => text !== '',
    );
  }

  async hasFocus(): Promise<boolean> {
    return this.page.evaluate<boolean>(`document.activeElement.id === 'cozify-target-search'`);
  }

  /** Waits until the live region matches the pattern. */
  async untilAnnounced(pattern: RegExp): Promise<void> {
    await becomes(() => this.state.innerText(), pattern);
  }
}

const ROWS = `(() => {
  const list = document.querySelector('#cozify-target-list');
  if (!list.checkVisibility()) return [];
  const rowOf = (row) => {
    const icon = row.querySelector('.fa').className.replace(/^fa ?(fa-)?/, '');
    const texts = [...row.querySelectorAll('span')].map((part) => part.innerText);
    return (row.matches('.cozify-target-active') ? '* ' : '') + [icon, ...texts].join(' | ');
  };
  const sectionOf = (section) => [
    ...[document.getElementById(section.getAttribute('aria-labelledby'))].filter(Boolean).map((title) => title.innerText),
    ...[...section.querySelectorAll('[role=option]')].map(rowOf),
  ];
  return [...list.children].flatMap(sectionOf);
})()`;

const CHIP_TEXTS = `[...document.querySelectorAll('.cozify-target-chip')].map((chip) => [
  chip.querySelector('.cozify-target-text').innerText.replace(/\\s+/g, ' '),
  ...[...chip.querySelectorAll('button')].map(({ title }) => '[' + title + ']'),
].join(' '))`;

const LINE = `(() => {
  const line = document.querySelector('#cozify-target-state');
  const isHidden = line.matches('.cozify-for-screen-reader');
  return (line.matches('.cozify-target-problem') ? '!' : '') + (isHidden ? '~' : '') + line.textContent;
})()`;
