/** The key file and the state file that version 0.1.0 wrote, to test that later versions can read them. */
export const FIRST = {
  token: 'the.token-of~version_0.1.0',
  cloudUrl: 'https://api.cozify.fi/ui/0.2',
  key: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n',
  state: {
    cozify: 1,
    sequence: 7,
    key: 'e1806e64e56124c6',
    iv: 'tkRYbxGTzq88P2UY',
    tag: '91VajeD/p/XXU6Z0r/me5A==',
    data: [
      'HCIocQ9+BrJ0UvA/3Yr65ZE2q1OCDKHMcuRh5GLoVU7lJ/U7wKJoiVvtE8NWhRzttRxJHiAwNO97eyUeZrYVgwsNe3NnOEx66Fn9',
      'jhqO4aMFoxkfndz6jRGKVehkE+oTCKWvsWAQXq3hvtqw7CDyvimKBpp01gvc/Ih9iyaA1mqUJuUvaPSN5lZY1SDhXa+2du8dPvp9',
      'fcY+9OgG5Jf9T3CAfOieho32vFFUt8poo+RWMO5SJKSnOb6RPUExgjKyFtIu5T4X0bDYEpEuUo9xSZim1sDoF//4yZ5C6R7OkOUe',
      'T0smMIhE7fcinMwX6mH3R2NejEOH3+NkINngqbRI0VkCtB/If1nVZFuJcYcNWxMVq8oLSes3z9ToE09k3tBxzZXaA9fc+Ha6TWVk',
      'Rvz4d2C27Vklb1zeMxyjmUrKbOBrvCbaTmOCC7MJ2dBrf5/WpvJ12+BTHMrMHj5BXFEp/4p80vDo4FGuRDs0+p5omD66xfGuHG6L',
      'KXM0OVDKmJSBumqjlb+AszI5Nqw3YFjIfboIzUfJtwBANWniMaa1ZRn1cAFKa7dc5pjhjwYxB7V5qJAjOi0zITALgk2yb/Y=',
    ].join(''),
  },
};
