/** The style sheet of the sign-in pages: a route of its own, so that the pages need no inline style. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2433; --soft: #566076; --paper: #f5f3ee; --card: #fff; --line: #d9d4c7; --seal: #a5302a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eef0f4; --soft: #aab2c2; --paper: #14171e; --card: #1e232d; --line: #353c4a; --seal: #ff9a8f; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.7 system-ui, "Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 3rem 1.25rem; }
.brand { margin: 0; color: var(--seal); font-weight: 700; letter-spacing: .08em; }
h1 { margin: .25rem 0 1rem; font-size: 1.75rem; line-height: 1.35; }
p { margin: 0 0 1.25rem; color: var(--soft); }
.notice { padding: .75rem 1rem; border-left: .25rem solid var(--seal); background: var(--card); color: var(--ink); }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: .75rem; margin: 0 0 1.5rem; padding: 0; list-style: none; }
button { font: inherit; color: inherit; cursor: pointer; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); padding: .6rem 1.1rem; min-height: 2.75rem; }
button:hover { border-color: var(--seal); }
button:focus-visible, a:focus-visible { outline: .2rem solid var(--seal); outline-offset: .15rem; }
.person { display: block; width: 100%; height: 100%; padding: 1rem 1.1rem; text-align: start; }
.person strong, .person span { display: block; }
.person strong { font-size: 1.125rem; }
.role { color: var(--seal); font-weight: 600; }
.employer { color: var(--soft); font-size: .9rem; }
.main { border-color: var(--seal); font-weight: 600; }
.foot { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; justify-content: space-between; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; }
a { color: inherit; }
`;
