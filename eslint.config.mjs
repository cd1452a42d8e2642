import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
  {
    // The library is usable without Node-RED: it knows neither the host nor the nodes.
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node-red', 'node-red/*', '@node-red/*'], message: 'src/ is usable without Node-RED.' },
            { group: ['**/nodes/*', '../nodes/**'], message: 'The library does not know the nodes.' },
          ],
        },
      ],
    },
  },
  {
    // axios appears in one file.
    files: ['src/**/*.ts', 'nodes/**/*.ts'],
    ignores: ['src/http/http-client.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: ['axios'] }] },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['nodes/**/*.js', 'resources/**/*.js'],
    languageOptions: { globals: { ...globals.browser, ...globals.jquery, RED: 'readonly' }, sourceType: 'script' },
  },
  prettier,
);
