/** How the gateway's own pages look, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1f2430; --soft: #5b6272; --paper: #faf7f2; --card: #fff; --line: #e4ddd2; --accent: #b4472c; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ece8e1; --soft: #a9a59d; --paper: #17191f; --card: #20232b; --line: #343843; --accent: #f08a6c; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 3.5rem 1.25rem; }
h1 { margin: 0; font: 600 2.75rem/1.1 Georgia, serif; color: var(--accent); }
h2 { margin: 2.5rem 0 .5rem; font: 600 1.4rem Georgia, serif; }
header p { max-width: 44rem; font-size: 1.1rem; color: var(--soft); }
nav { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .9rem; margin-top: 2rem; }
nav a { display: flex; flex-direction: column; gap: .3rem; padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--card); color: inherit; text-decoration: none; }
nav a:hover, nav a:focus-visible { border-color: var(--accent); outline: none; }
nav span { flex: 1; font-size: .95rem; color: var(--soft); }
a { color: var(--accent); }
code { font: .9em ui-monospace, monospace; color: var(--accent); }
pre { padding: 1rem 1.1rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .75rem; background: var(--card); font: .9rem/1.5 ui-monospace, monospace; }
figure { margin: 2.5rem 0 0; padding: 1rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .75rem; background: #fff; }
img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
`;

/** Three people at a table, seen from above. */
export const FAVICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8.5" r="3" fill="#b4472c"/><g fill="#d9a441"><circle cx="8" cy="2.4" r="2"/><circle cx="2.6" cy="11.7" r="2"/><circle cx="13.4" cy="11.7" r="2"/></g></svg>',
)}`;
