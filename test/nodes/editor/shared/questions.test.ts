import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

const QUESTIONS = ['things', 'when', 'what', 'do', 'value', 'until', 'time', 'presses'];

describe('the questions of the dialogs', () => {
  it('are groups with a label and a name', () => {
    const files = readdirSync('dist/nodes').filter((name) => name.endsWith('.html'));
    const questions = files.flatMap((file) => {
      const tags = readFileSync(`dist/nodes/${file}`, 'utf8').match(/<div class="cozify-question[^>]*>/g) ?? [];
      return tags.map((tag) => ({ file, tag }));
    });
    assert.ok(questions.length > 5);
    for (const { file, tag } of questions) {
      assert.match(tag, /role="group"/, `${file}: ${tag}`);
      assert.match(tag, /aria-labelledby="cozify-question-\w+"/, `${file}: ${tag}`);
      assert.ok(QUESTIONS.includes(/data-question="(\w+)"/.exec(tag)?.[1] ?? ''), `${file}: ${tag}`);
    }
  });
});
